// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "block/device.h"
#include "core/range.h"
#include "core/units.h"

namespace san::filesystem {

/// Limits of the list of free space.
struct FreeSpaceOptions {
  /// Free runs shorter than this many bytes are left out of the list: they cost more to skip than to copy.
  std::uint64_t min_run = 64 * KiB;
  /// Most ranges that the list may hold (16 bytes each). If a file system has more, min_run is doubled until
  /// they fit, so that memory stays bounded whatever the size and the age of the file system.
  std::size_t max_ranges = std::size_t{1} << 20;
};

/// Content of a partition, and the bytes of it that no file needs.
struct FreeSpace {
  /// "ext2", "ext3", "ext4", "xfs v4", "xfs v5", "ntfs", "fat12", "fat16", "fat32", "exfat", "swap", "lvm",
  /// "luks", "btrfs" …; "unknown" if no signature was found.
  std::string type;
  std::string label;   ///< as stored, in UTF-8 if the format names an encoding; may hold any character
  std::string uuid;    ///< as blkid prints it
  bool known = false;  ///< `free` can be relied on; otherwise the partition has to be copied whole
  bool dirty = false;  ///< not unmounted cleanly, mounted now, or hibernated
  /// True if it is not `known` for a reason that an administrator may be able to remedy: dirty, damaged,
  /// unreadable, or with features that the reader of its type does not know. False for content whose free
  /// space is never read, such as LVM, LUKS, btrfs and nothing at all.
  bool fault = false;
  std::string copy_whole_reason;  ///< a clause that says why it has to be copied whole; empty if `known`
  std::uint64_t size = 0;  ///< bytes that the file system spans; the rest of the partition counts as used
  std::uint64_t free_bytes = 0;  ///< free in all, short runs included
  std::uint64_t min_run = 0;     ///< runs below this many bytes are not in `free`
  std::vector<Range> free;  ///< ascending, disjoint, not adjacent; offsets of the device, not the partition
};

}  // namespace san::filesystem
