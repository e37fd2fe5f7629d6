// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "block/device.h"
#include "core/process/progress.h"

namespace san {

struct CompareOptions {
  std::uint64_t block = 1 << 20;  ///< bytes of a read, a multiple of 4096
  std::size_t most_ranges = 16;   ///< differing ranges to name
  unsigned depth = 16;            ///< pairs of reads under way
};

struct CompareResult {
  struct Range {
    std::uint64_t offset = 0, length = 0;
    bool operator==(const Range&) const = default;
  };
  std::uint64_t compared = 0;   ///< bytes
  std::uint64_t differing = 0;  ///< bytes in differing ranges, in units of the smaller block size
  std::vector<Range> ranges;    ///< the first ones; neighbours are joined
  bool more = false;            ///< there are more ranges than named
  double seconds = 0;

  bool identical() const { return differing == 0; }
};

/// Compares the first `size` bytes of two devices and writes nothing. Only holes that a kernel vouches for
/// are taken for zeros unread; a LUN is read whatever it says about its allocation. Throws what a read
/// throws, and Error(interrupted).
CompareResult compare(Device& left, Device& right, std::uint64_t size, const CompareOptions& options,
                      Progress& progress);

}  // namespace san
