// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "filesystem/volume/volume.h"

namespace san::filesystem {

/// Run of bytes of a file that are contiguous in the volume. All in bytes.
struct FileRun {
  std::uint64_t logical = 0;  ///< offset in the file
  std::uint64_t length = 0;
  std::optional<std::uint64_t> volume_offset;  ///< offset in the volume; nothing for zeros

  std::uint64_t end() const { return logical + length; }
};

/// Appends a run, or makes the last one longer if it continues that. Runs come in the order of the file.
void add_run(std::vector<FileRun>& runs, const FileRun& run);

/// Fills `into` with the bytes of a file from `offset` on. `runs` are in order and do not overlap; bytes
/// outside of them are zeros. Throws as Volume::read() does.
void read_runs(Volume& volume, std::span<const FileRun> runs, std::uint64_t offset,
               std::span<std::byte> into);

}  // namespace san::filesystem
