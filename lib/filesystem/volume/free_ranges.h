// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "filesystem/volume/free_space.h"

namespace san {

/// Collects the free runs of a partition in ascending order: merges neighbours, drops short runs, and raises
/// the length that counts as short when there are too many.
class FreeRanges {
 public:
  explicit FreeRanges(const FreeSpaceOptions& options);

  /// Adds [offset, offset + length). Throws MetadataError where it begins before the end of the one added
  /// last: the runs come from a disk, and two that overlap contradict each other.
  void add(std::uint64_t offset, std::uint64_t length);

  /// Bytes added in all, short runs included.
  std::uint64_t total() const { return total_; }
  std::uint64_t min_run() const { return min_run_; }

  /// The list, with `base` added to every offset. Ends the collecting.
  std::vector<ByteRange> take(std::uint64_t base);

 private:
  void store();

  std::uint64_t min_run_;
  std::size_t max_ranges_;
  std::uint64_t total_ = 0;
  ByteRange run_;  ///< still growing
  std::vector<ByteRange> ranges_;
};

/// Ranges (of clusters, blocks or bytes: the unit is the caller's) that hold metadata, whatever a bitmap
/// says.
class Reserved {
 public:
  /// In any order; empty ranges are left out.
  void add(std::uint64_t first, std::uint64_t count);
  /// To be called once after the last add().
  void sort();

  /// Whether [first, first + count) shares anything with a reserved range.
  bool touches(std::uint64_t first, std::uint64_t count) const;
  /// Calls run(first, count) for each part of [first, first + count) that is not reserved, ascending.
  template <typename Run>
  void outside(std::uint64_t first, std::uint64_t count, Run&& run) const {
    const std::uint64_t end = first + count;
    for (auto range = after(first); first < end; ++range) {
      const std::uint64_t stop = range == ranges_.end() || range->offset > end ? end : range->offset;
      if (stop > first) run(first, stop - first);
      if (stop == end) break;
      first = std::max(first, range->end());
    }
  }

 private:
  /// The first range that ends after `first`.
  std::vector<ByteRange>::const_iterator after(std::uint64_t first) const;

  std::vector<ByteRange> ranges_;
};

}  // namespace san
