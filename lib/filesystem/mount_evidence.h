// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "filesystem/volume/free_space.h"

namespace san {

/// Where the file system in a partition would show that it was used.
struct MountEvidence {
  std::string type;  ///< as FreeSpace::type, or a word such as "lvm"; "unknown"
  /// Ranges of the device of which at least one changes whenever somebody mounts it for writing, whatever he
  /// does then; nothing where there is no such place, or none that is known:
  ///  * ext2, ext3, ext4: the superblock (time and count of mounts), and the journal's;
  ///  * XFS: the superblock and the log, to which each clean unmount adds a record;
  ///  * NTFS: $MFT, $Bitmap, $LogFile and the boot sector. ntfs-3g may leave log and $Volume as they were,
  ///  but
  ///    nobody changes a file without its record in the MFT.
  /// FAT and exFAT set their dirty bit at the mount and take it back at the unmount: no evidence. Swap areas
  /// are written without a trace in their header.
  std::optional<std::vector<ByteRange>> ranges;
  /// So many of the first ranges are enough: one of these changes whenever it is mounted for writing and
  /// unmounted again (the superblock of ext and of XFS, of version 5 at least by its LSN; boot sector and
  /// $MFT of NTFS).
  std::size_t enough = 0;
};

/// Looks at the partition [offset, offset + length) of `device`. Throws Error(failed) where it cannot be
/// read.
MountEvidence mount_evidence(Device& device, std::uint64_t offset, std::uint64_t length);

}  // namespace san
