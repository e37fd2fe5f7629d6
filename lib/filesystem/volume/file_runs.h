// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "filesystem/volume/volume.h"

namespace san {

/// Where bytes of a file are. All in bytes.
struct FileRun {
  std::uint64_t logical = 0;  ///< in the file
  std::uint64_t length = 0;
  std::optional<std::uint64_t> place;  ///< in the volume; nothing: zeros

  std::uint64_t end() const { return logical + length; }
};

/// Appends a run, or makes the last one longer where it goes on. Runs come in the order of the file.
void add_run(std::vector<FileRun>& runs, const FileRun& run);

/// Fills `into` with the bytes of a file from `offset` on. `runs` are in order and do not overlap; what they
/// leave out is zeros. Throws as Volume::read().
void read_runs(Volume& volume, std::span<const FileRun> runs, std::uint64_t offset,
               std::span<std::byte> into);

}  // namespace san
