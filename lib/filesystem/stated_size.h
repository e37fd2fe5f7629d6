// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "block/device.h"

namespace san {

/// How large a file system, or what is in its place, says it is: bytes from its start.
struct StatedSize {
  std::string type;          ///< "ext4", "swap area": a noun
  std::uint64_t needed = 0;  ///< where fewer are there, a part of it is missing
  std::uint64_t whole = 0;   ///< with what only fills it up, or repeats its first sector; at least `needed`
};

/// By the superblock of what probe() finds in [offset, offset + length) of `device`, however long that is:
/// ext2 to ext4, XFS, btrfs, F2FS, NTFS, FAT, exFAT, swap, squashfs, ISO 9660, a physical volume of LVM, a
/// member of a RAID array (metadata 1.1 and 1.2). Nothing for all else. Throws Error(failed) where the range
/// is not in the device or cannot be read.
std::optional<StatedSize> stated_size(Device& device, std::uint64_t offset, std::uint64_t length);

/// The same of an ISO 9660 file system on the whole of `device`, whatever else is on it: an image for optical
/// discs that has a partition table too.
std::optional<StatedSize> stated_iso_size(Device& device);

}  // namespace san
