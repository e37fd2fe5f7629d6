// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "filesystem/volume/free_ranges.h"
#include "filesystem/volume/free_space.h"
#include "filesystem/volume/volume.h"

namespace san {

// One reader a format. Each adds the free runs of `volume` (offsets from the start of the partition) to
// `free` and completes `result` (size; label where probe() cannot know it). Each throws MetadataError at the
// first thing that is dirty, contradictory or not supported, having checked all it can: whatever it returns
// is relied on.

/// ext2, ext3, ext4 by libext2fs.
void read_ext(Volume& volume, FreeRanges& free, FreeSpace& result);
/// XFS versions 4 and 5: the B+trees of free space by block number.
void read_xfs(Volume& volume, FreeRanges& free, FreeSpace& result);
/// NTFS: $Bitmap, if $Volume, $LogFile and hiberfil.sys allow to rely on it.
void read_ntfs(Volume& volume, FreeRanges& free, FreeSpace& result);
/// FAT12, FAT16, FAT32: the file allocation table.
void read_fat(Volume& volume, FreeRanges& free, FreeSpace& result);
/// exFAT: the allocation bitmap.
void read_exfat(Volume& volume, FreeRanges& free, FreeSpace& result);
/// Swap area: all but the header page.
void read_swap(Volume& volume, FreeRanges& free, FreeSpace& result);

/// Header of a swap area. Layout: Linux, union swap_header in include/linux/swap.h.
struct SwapHeader {
  std::uint64_t page_size = 0;
  bool hibernated = false;    ///< a suspended system's memory is in it
  std::uint32_t version = 0;  ///< 0: the format before Linux 2.2, without the fields below
  std::uint64_t pages = 0;    ///< in all, the header included
  std::string label, uuid;
};
std::optional<SwapHeader> find_swap(Volume& volume);

/// Throws MetadataError(dirty) unless the internal log of `size` bytes at `offset` of `volume` ends with the
/// record of a clean unmount. `uuid` is the superblock's.
void check_xfs_log_clean(Volume& volume, std::uint64_t offset, std::uint64_t size,
                         std::span<const std::byte> uuid);

}  // namespace san
