// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "filesystem/ntfs/ntfs_volume.h"

namespace san::filesystem {

/// One name in a directory.
struct NtfsName {
  std::string name;
  std::uint64_t file = 0;   ///< number in the MFT
  std::uint32_t flags = 0;  ///< of the $FILE_NAME: 0x400 reparse point, 0x10000000 directory
  std::uint32_t tag = 0;    ///< of the reparse point
};

/// Returns the names in directory `file`, without those of 8.3 form that stand beside a long one. Throws
/// MetadataError.
std::vector<NtfsName> ntfs_names(NtfsVolume& ntfs, std::uint64_t file);

}  // namespace san::filesystem
