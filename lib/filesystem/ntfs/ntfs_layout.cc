// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ntfs/ntfs_layout.h"

#include <bit>
#include <cstring>

namespace san::filesystem {

std::optional<NtfsLayout> ntfs_layout(const NtfsBoot& boot) {
  if (std::memcmp(boot.name, "NTFS    ", 8) != 0 || boot.signature != 0xaa55) return std::nullopt;
  NtfsLayout layout;
  layout.sector = boot.bytes_per_sector;
  if (!std::has_single_bit(layout.sector) || layout.sector < 256 || layout.sector > 4096) return std::nullopt;

  std::uint64_t per_cluster = boot.sectors_per_cluster;
  if (per_cluster > 128) {  // since Windows 10 1709, for clusters beyond 64 KiB
    if (256 - per_cluster > 31) return std::nullopt;
    per_cluster = std::uint64_t{1} << (256 - per_cluster);
  }
  layout.cluster = layout.sector * per_cluster;
  if (!std::has_single_bit(per_cluster) || layout.cluster > (2U << 20)) return std::nullopt;

  const unsigned record = boot.record_clusters;
  if (record > 127)
    layout.record = 256 - record > 31 ? 0 : std::uint64_t{1} << (256 - record);
  else
    layout.record = record * layout.cluster;
  if (!std::has_single_bit(layout.record) || layout.record < 512 || layout.record > 65536)
    return std::nullopt;

  const std::uint64_t sectors = boot.total_sectors;
  if (sectors >> 52 != 0) return std::nullopt;
  layout.size = sectors * layout.sector;
  layout.clusters = sectors / per_cluster;
  layout.mft_cluster = boot.mft_cluster;
  layout.serial = boot.serial;
  if (layout.clusters == 0 || layout.mft_cluster >= layout.clusters) return std::nullopt;
  return layout;
}

}  // namespace san::filesystem
