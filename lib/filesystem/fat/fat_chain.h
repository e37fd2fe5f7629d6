// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/file_runs.h"

namespace san::filesystem {

/// Geometry of the clusters of FAT and exFAT, and the FAT that links them. Offsets and sizes in bytes.
struct FatChain {
  unsigned bits = 32;  ///< of a FAT entry: 12, 16, 32; exFAT's have 32 all of which count
  bool exfat = false;
  std::uint64_t fat_offset = 0;  ///< of the FAT that counts
  std::uint64_t data_offset = 0;
  std::uint64_t cluster = 0;
  std::uint32_t clusters = 0;  ///< their numbers are 2 to clusters + 1

  /// Returns the runs of the first `size` bytes of a file that begins with cluster `first`; fewer if its
  /// chain ends before. With `contiguous` its clusters follow each other and the FAT has no entries for them
  /// (exFAT). Throws MetadataError if the chain contradicts itself.
  std::vector<FileRun> runs(Volume& volume, std::uint32_t first, std::uint64_t size, bool contiguous) const;

 private:
  std::uint32_t next(Volume& volume, std::uint32_t number) const;
};

/// Converts a date and a time of FAT, taken as UTC, to seconds since 1970.
std::int64_t fat_time(std::uint16_t date, std::uint16_t time);

}  // namespace san::filesystem
