// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace san::picture {

/// Numbers of bytes taken in each part of a range. The range is cut into equal buckets, so that memory does
/// not grow with the size of a disk; a range of fewer bytes than buckets has fewer of them.
class Occupancy {
 public:
  Occupancy() = default;
  /// Covers [offset, offset + length), nothing of it taken; offset + length fits into 64 bits. `buckets` is
  /// not 0.
  Occupancy(std::uint64_t offset, std::uint64_t length, std::size_t buckets);

  /// Adds [offset, offset + length), clipped to the range. Bytes added twice count twice.
  void add(std::uint64_t offset, std::uint64_t length);

  /// Returns the number of bytes taken.
  std::uint64_t total() const { return total_; }
  /// True if nothing can be added: default-constructed, or of length 0.
  bool empty() const { return taken_.empty(); }

  /// Returns the part, 0 to 1, that is taken between two fractions of the range (0 <= from < to <= 1). 0 and
  /// 1 are exact: nothing and all of it.
  double share(double from, double to) const;

  /// Returns the bytes taken in each of `count` equal parts, or of as many as there are buckets. The sum is
  /// total().
  std::vector<std::uint64_t> parts(std::size_t count) const;

 private:
  /// Returns the start of bucket `index`, relative to the range.
  std::uint64_t begin_of(std::size_t index) const;

  std::uint64_t offset_ = 0, length_ = 0, total_ = 0;
  std::vector<std::uint64_t> taken_;
};

}  // namespace san::picture
