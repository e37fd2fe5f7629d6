// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Swap area of Linux, or a hibernated system in it.
extern const FileSystemDriver kSwapDriver;

/// Reads all but the header page as free; as FileSystemDriver::read_free_space.
void read_swap(Volume& volume, FreeRanges& free, FreeSpace& result);

/// Header of a swap area. Layout: Linux, union swap_header in include/linux/swap.h.
struct SwapHeader {
  std::uint64_t page_size = 0;  ///< bytes, of the machine that made it
  bool hibernated = false;      ///< a suspended system's memory is in it
  std::uint32_t version = 0;    ///< 0: the format before Linux 2.2, without the fields below
  std::uint64_t pages = 0;      ///< in all, the header included
  std::string label, uuid;
};

/// Returns the header for the smallest page size that has a signature; nothing if there is none.
std::optional<SwapHeader> find_swap(Volume& volume);

}  // namespace san::filesystem
