// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/endian.h"

namespace san::filesystem {

/// Boot sector of FAT12, FAT16 and FAT32: "FAT: General Overview of On-Disk Format", Microsoft, version 1.03,
/// sections "Boot Sector and BPB" and "FAT Type Determination".
struct FatBoot {
  std::byte jump[3]{};
  char oem[8]{};
  le16 bytes_per_sector;
  std::uint8_t sectors_per_cluster = 0;
  le16 reserved_sectors;
  std::uint8_t fats = 0;
  le16 root_entries;
  le16 total_sectors16;
  std::uint8_t media = 0;
  le16 fat_sectors16;
  le16 sectors_per_track;
  le16 heads;
  le32 hidden_sectors;
  le32 total_sectors32;
  std::byte specific[474]{};  ///< FatBoot16 or FatBoot32
  le16 signature;             ///< 0xaa55
};

/// Field FatBoot::specific of FAT12 and FAT16.
struct FatBoot16 {
  std::uint8_t drive = 0;
  std::uint8_t state = 0;  ///< "reserved" by the specification; bit 0: dirty (Linux, FAT_STATE_DIRTY)
  std::uint8_t boot_signature = 0;
  le32 volume_id;
  std::byte label[11]{};
  std::byte type[8]{};
};

/// Field FatBoot::specific of FAT32.
struct FatBoot32 {
  le32 fat_sectors32;
  le16 ext_flags;
  le16 version;
  le32 root_cluster;
  le16 info_sector;
  le16 backup_boot;
  std::byte reserved[12]{};
  FatBoot16 tail;
};

/// FSInfo sector of FAT32.
struct FatInfo {
  le32 lead_signature;  ///< 0x41615252
  std::byte reserved1[480]{};
  le32 struct_signature;  ///< 0x61417272
  le32 free_clusters;     ///< 0xffffffff: not known
  le32 next_free;
  std::byte reserved2[12]{};
  le32 trail_signature;  ///< 0xaa550000
};

static_assert(sizeof(FatBoot) == 512 && sizeof(FatInfo) == 512);

/// Layout of a FAT file system, from a boot sector whose fields fit together. Offsets and sizes in bytes,
/// from the start of the partition.
struct FatLayout {
  unsigned bits = 0;             ///< of a FAT entry: 12, 16 or 32
  std::uint64_t fat_offset = 0;  ///< of the first FAT
  std::uint64_t fat_size = 0;    ///< of one FAT
  unsigned fats = 0;
  std::uint64_t data_offset = 0;  ///< of cluster 2
  std::uint64_t cluster_size = 0;
  std::uint32_t clusters = 0;  ///< their numbers are 2 to clusters + 1
  std::uint64_t size = 0;
  std::uint64_t info_offset = 0;   ///< of FSInfo; 0 if there is none
  std::uint32_t root_cluster = 0;  ///< FAT32
  bool one_active = false;         ///< FAT32 without mirroring: only `active` is kept up to date
  unsigned active = 0;
  std::uint8_t state = 0;
  std::string label, uuid;
};

/// Checks `boot` and returns its layout; nothing if it is not the boot sector of a FAT file system.
std::optional<FatLayout> fat_layout(const FatBoot& boot);

}  // namespace san::filesystem
