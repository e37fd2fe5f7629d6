// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/range.h"
#include "filesystem/volume/free_space.h"

namespace san::filesystem {

/// Collector of the free runs of a partition in ascending order: merges neighbours, drops short runs, and
/// raises the length that counts as short if there are too many.
class FreeRanges {
 public:
  explicit FreeRanges(const FreeSpaceOptions& options);

  /// Adds [offset, offset + length). Throws MetadataError if it begins before the end of the one added
  /// last: the runs come from a disk, and two that overlap contradict each other.
  void add(std::uint64_t offset, std::uint64_t length);

  /// Returns the number of bytes added in all, short runs included.
  std::uint64_t total() const { return total_; }
  std::uint64_t min_run() const { return min_run_; }

  /// Returns the list, with `base` added to every offset; nothing may be added after that.
  std::vector<Range> take(std::uint64_t base);

 private:
  void store();

  std::uint64_t min_run_;
  std::size_t max_ranges_;
  std::uint64_t total_ = 0;
  Range run_;  ///< still growing
  std::vector<Range> ranges_;
};

/// Ranges that hold metadata, whatever a bitmap says. They count clusters, blocks or bytes: the caller
/// chooses the unit.
class Reserved {
 public:
  /// Adds a range, in any order; empty ranges are left out.
  void add(std::uint64_t first, std::uint64_t count) { ranges_.add({first, count}); }

  /// Returns true if [first, first + count) overlaps a reserved range.
  bool touches(std::uint64_t first, std::uint64_t count) const { return ranges_.overlaps({first, count}); }
  /// Calls run(first, count) for each part of [first, first + count) that is not reserved, ascending.
  template <typename Run>
  void outside(std::uint64_t first, std::uint64_t count, Run&& run) const {
    for (const Range& gap : ranges_.gaps({first, count})) run(gap.offset, gap.length);
  }

 private:
  RangeSet ranges_;  ///< in the caller's unit
};

}  // namespace san::filesystem
