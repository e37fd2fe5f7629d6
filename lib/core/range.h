// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>

#include "core/saturating.h"

namespace san {

/// Range [offset, offset + length), in bytes unless a name says otherwise. The end stops at 2^64 - 1, so that
/// a range from outside can never pass for one at the front of a device.
struct Range {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  /// Makes the range [begin, end); it is empty if `end` is not behind `begin`.
  static constexpr Range between(std::uint64_t begin, std::uint64_t end) {
    return {begin, begin < end ? end - begin : 0};
  }

  constexpr std::uint64_t end() const { return saturating_add(offset, length); }
  constexpr bool empty() const { return end() == offset; }
  constexpr bool contains(std::uint64_t position) const { return offset <= position && position < end(); }
  /// Returns true if all of `other` is in this range. Nothing of an empty range is outside of any.
  constexpr bool contains(const Range& other) const {
    return other.empty() || (offset <= other.offset && other.end() <= end());
  }
  /// Returns true if the two have something in common.
  constexpr bool overlaps(const Range& other) const { return !intersection(other).empty(); }
  /// Returns what the two have in common; empty if that is nothing.
  constexpr Range intersection(const Range& other) const {
    return between(std::max(offset, other.offset), std::min(end(), other.end()));
  }
  /// Grows by `next` if that begins where this one ends; returns false otherwise.
  constexpr bool append(const Range& next) {
    if (next.offset != end()) return false;
    length = next.end() - offset;
    return true;
  }

  bool operator==(const Range&) const = default;
};

/// Set of offsets, as ascending ranges that neither overlap nor touch. Queries and changes take logarithmic
/// time, plus that of the ranges that they return or remove; a range takes 64 bytes of memory.
/// std::vector<Range> is for ranges whose order or repetition means something, and for long lists that do not
/// change.
class RangeSet {
 public:
  class Iterator;

  RangeSet() = default;
  /// Adds all of `ranges`, which may overlap and be in any order.
  RangeSet(std::initializer_list<Range> ranges);

  /// Adds a range, joined with those that it overlaps or touches.
  void add(const Range& range);
  void add(const RangeSet& other);
  /// Removes a range, of which any part, or nothing, may be in the set.
  void remove(const Range& range);
  void clear() { ends_.clear(); }
  void swap(RangeSet& other) noexcept { ends_.swap(other.ends_); }

  /// Returns true if all of `range` is in the set.
  bool contains(const Range& range) const;
  /// Returns true if any part of `range` is in the set.
  bool overlaps(const Range& range) const;
  /// Returns the parts of `range` that are in the set.
  RangeSet intersection(const Range& range) const;
  RangeSet intersection(const RangeSet& other) const;
  /// Returns the parts of `range` that are not in the set.
  RangeSet gaps(const Range& range) const;

  bool empty() const { return ends_.empty(); }
  /// Returns the number of ranges.
  std::size_t size() const { return ends_.size(); }
  /// Returns the sum of all lengths. Takes linear time.
  std::uint64_t total() const;
  /// Returns the first range of a set that is not empty.
  Range front() const;
  /// Returns the last range of a set that is not empty.
  Range back() const;
  Iterator begin() const;
  Iterator end() const;

  bool operator==(const RangeSet&) const = default;

 private:
  using Ends = std::map<std::uint64_t, std::uint64_t>;

  /// Returns the first range that ends after `position`.
  Ends::const_iterator after(std::uint64_t position) const;

  Ends ends_;  ///< end by offset
};

/// Goes through the ranges of a set in ascending order. Valid until that range is changed or removed.
class RangeSet::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Range;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = Range;

  Iterator() = default;
  Range operator*() const { return Range::between(at_->first, at_->second); }
  Iterator& operator++() {
    ++at_;
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++at_;
    return before;
  }
  bool operator==(const Iterator&) const = default;

 private:
  friend class RangeSet;
  explicit Iterator(Ends::const_iterator at) : at_(at) {}

  Ends::const_iterator at_;
};

inline RangeSet::Iterator RangeSet::begin() const {
  return Iterator(ends_.begin());
}

inline RangeSet::Iterator RangeSet::end() const {
  return Iterator(ends_.end());
}

}  // namespace san
