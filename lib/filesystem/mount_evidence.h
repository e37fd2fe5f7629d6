// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "filesystem/volume/free_space.h"

namespace san::filesystem {

/// Ranges of a partition by which a later look can tell if its file system was mounted meanwhile.
struct MountEvidence {
  std::string type;  ///< as FreeSpace::type, or a word such as "lvm"; "unknown"
  /// Ranges of the device of which at least one changes whenever the file system is mounted for writing,
  /// whatever is done then (FileSystemDriver::mount_ranges). Nothing if the format has no such ranges, or
  /// none that are known.
  std::optional<std::vector<Range>> ranges;
  /// Number of leading ranges that suffice: one of these changes whenever it is mounted for writing and
  /// unmounted again.
  std::size_t enough = 0;
};

/// Finds the ranges for the partition [offset, offset + length) of `device`. Throws Error(failed) if it
/// cannot be read.
MountEvidence mount_evidence(ReadableDevice& device, std::uint64_t offset, std::uint64_t length);

}  // namespace san::filesystem
