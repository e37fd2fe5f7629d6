// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "block/readable_device.h"
#include "core/process/progress.h"
#include "core/range.h"

namespace san::copy {

/// Options of a comparison.
struct CompareOptions {
  /// Bytes of a read, a multiple of 4096; less if a device cannot read that much at once.
  std::uint64_t block = 1 << 20;
  std::size_t most_ranges = 16;  ///< differing ranges to list, at most
  unsigned depth = 16;           ///< number of pairs of reads in flight, at most
};

/// Result of a comparison.
struct CompareResult {
  std::uint64_t compared = 0;   ///< bytes compared, holes of both sides included
  std::uint64_t differing = 0;  ///< bytes in differing ranges, in units of the larger of the two block sizes
  std::vector<Range> ranges;    ///< the first differing ranges, ascending; adjacent ones are joined
  bool more = false;            ///< true if there are more ranges than listed
  double seconds = 0;           ///< wall-clock time

  bool identical() const { return differing == 0; }
};

/// Compares the first `size` bytes of two devices, and writes nothing. Only holes that a kernel guarantees
/// are assumed to be zeros without a read; a LUN is read whatever it reports about its allocation. Blocks the
/// caller. Throws what a read throws, and Error(interrupted).
CompareResult compare(ReadableDevice& left, ReadableDevice& right, std::uint64_t size,
                      const CompareOptions& options, Progress& progress);

}  // namespace san::copy
