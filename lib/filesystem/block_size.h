// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "block/device.h"

namespace san {

/// Whether what is in a partition works on a disk with blocks of another size.
struct BlockSizeFit {
  enum class Answer {
    works,
    fails,    ///< it records the size of the old blocks, or has blocks smaller than the new ones
    unknown,  ///< it cannot be seen from here what is inside
  };
  Answer answer = Answer::unknown;
  std::string why;  ///< a clause, where it does not work: "it is FAT made for sectors of 512 bytes"
};

/// Looks at [offset, offset + length) of `device`, which is to move to a disk with logical blocks of `block`
/// bytes. What each format wants:
///  * FAT, exFAT and NTFS record a sector size, which has to be that of the disk: Linux refuses one that is
///    smaller (fs/fat/inode.c, fs/exfat/super.c), firmware and Windows also one that is larger;
///  * XFS, ext2 to ext4 and btrfs cannot be mounted where their sectors or blocks are smaller than the
///    disk's;
///  * swap is read in pages;
///  * an LVM label is in one of the first four sectors of 512 bytes whatever the disk (lib/label/label.h of
///    LVM2), but the volumes in it get the block size of the disk, and so does what they hold. The same is
///    true of LUKS, unless its own sectors are as large already (crypt_io_hints() in drivers/md/dm-crypt.c).
/// Throws Error(failed) where it cannot be read.
BlockSizeFit block_size_fit(Device& device, std::uint64_t offset, std::uint64_t length, std::uint32_t block);

}  // namespace san
