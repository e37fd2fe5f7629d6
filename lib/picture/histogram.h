// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace san {

/// How much of each part of a range of bytes is taken. The range is cut into equal buckets, so that memory
/// does not grow with the size of a disk; a range smaller than that many bytes has fewer.
class Histogram {
 public:
  Histogram() = default;
  /// Nothing of [offset, offset + length) is taken yet; offset + length fits into 64 bits. `buckets` is not
  /// 0.
  Histogram(std::uint64_t offset, std::uint64_t length, std::size_t buckets);

  /// Takes [offset, offset + length), as far as it lies in the range. What is taken twice counts twice.
  void add(std::uint64_t offset, std::uint64_t length);

  /// Bytes taken in all.
  std::uint64_t total() const { return total_; }
  /// Whether nothing could ever be added: made by the default constructor, or of length 0.
  bool empty() const { return taken_.empty(); }

  /// Which part, 0 to 1, is taken of the range between two fractions of it (0 <= from < to <= 1). 0 and 1 are
  /// exact: nothing and all of it.
  double share(double from, double to) const;

  /// Bytes taken in each of `count` equal parts, or of as many as there are buckets. The sum is total().
  std::vector<std::uint64_t> parts(std::size_t count) const;

 private:
  /// Where bucket `index` begins, from the front of the range.
  std::uint64_t begin_of(std::size_t index) const;

  std::uint64_t offset_ = 0, length_ = 0, total_ = 0;
  std::vector<std::uint64_t> taken_;
};

}  // namespace san
