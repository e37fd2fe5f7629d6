// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/endian.h"

namespace san::filesystem {

/// Main boot sector: exFAT file system specification (Microsoft, 2019), 3.1.
struct ExfatBoot {
  std::byte jump[3]{};
  char name[8]{};  ///< "EXFAT   "
  std::byte must_be_zero[53]{};
  le64 partition_offset;
  le64 volume_length;        ///< sectors
  le32 fat_offset;           ///< sectors
  le32 fat_length;           ///< sectors
  le32 cluster_heap_offset;  ///< sectors
  le32 cluster_count;
  le32 root_cluster;
  le32 serial;
  le16 revision;  ///< 0x0100
  le16 flags;     ///< 3.1.13: 1 active FAT, 2 dirty, 4 media failure
  std::uint8_t sector_shift = 0;
  std::uint8_t cluster_shift = 0;  ///< sectors a cluster
  std::uint8_t fats = 0;
  std::uint8_t drive = 0;
  std::uint8_t percent_in_use = 0;
  std::byte reserved[7]{};
  std::byte code[390]{};
  le16 signature;  ///< 0xaa55
};
static_assert(sizeof(ExfatBoot) == 512);

/// Types of directory entries of 32 bytes, their first byte (specification, 7).
inline constexpr std::byte kExfatEnd{0x00}, kExfatBitmap{0x81}, kExfatUpcase{0x82}, kExfatLabel{0x83};

}  // namespace san::filesystem
