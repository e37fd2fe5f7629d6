// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "core/endian.h"

namespace san::filesystem {

/// Boot sector of NTFS. Microsoft publishes no specification; names and meanings follow the documentation of
/// the Linux-NTFS project and include/ntfs-3g/layout.h of ntfs-3g.
struct NtfsBoot {
  std::byte jump[3]{};
  char name[8]{};  ///< "NTFS    "
  le16 bytes_per_sector;
  std::uint8_t sectors_per_cluster = 0;  ///< above 128: 2^(256 - value) sectors
  std::byte unused1[26]{};
  le64 total_sectors;  ///< without the backup boot sector behind them
  le64 mft_cluster;
  le64 mirror_cluster;
  std::uint8_t record_clusters = 0;  ///< clusters of an MFT record; above 127: 2^(256 - value) bytes
  std::byte unused2[3]{};
  std::uint8_t index_clusters = 0;  ///< of an index block, coded as record_clusters
  std::byte unused3[3]{};
  le64 serial;
  le32 checksum;
  std::byte code[426]{};
  le16 signature;  ///< 0xaa55
};
static_assert(sizeof(NtfsBoot) == 512);

/// Sizes of an NTFS volume in bytes, from a boot sector whose fields fit together.
struct NtfsLayout {
  std::uint64_t sector = 0;
  std::uint64_t cluster = 0;
  std::uint64_t clusters = 0;  ///< whole ones
  std::uint64_t mft_cluster = 0;
  std::uint64_t record = 0;
  std::uint64_t size = 0;  ///< without the backup boot sector
  std::uint64_t serial = 0;
};

/// Checks `boot` and returns its sizes; nothing if it is not the boot sector of an NTFS volume.
std::optional<NtfsLayout> ntfs_layout(const NtfsBoot& boot);

}  // namespace san::filesystem
