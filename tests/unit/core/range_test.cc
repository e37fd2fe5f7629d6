// SPDX-License-Identifier: Apache-2.0
#include "core/range.h"

#include <doctest/doctest.h>

#include <chrono>
#include <limits>
#include <random>
#include <utility>
#include <vector>

using namespace san;

namespace {

constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();

std::vector<Range> list_of(const RangeSet& set) {
  return {set.begin(), set.end()};
}

/// The same set as one flag for each offset.
class Bitmap {
 public:
  static constexpr std::size_t kSize = 96;

  void put(const Range& range, bool value) {
    for (std::size_t i = 0; i < kSize; ++i)
      if (range.offset <= i && i < range.offset + range.length) bits_[i] = value;
  }
  std::uint64_t count(const Range& range) const {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kSize; ++i)
      if (range.offset <= i && i < range.offset + range.length && bits_[i]) ++count;
    return count;
  }
  bool at(std::size_t i) const { return bits_[i]; }
  /// The runs of `value` among `range`.
  std::vector<Range> runs(const Range& range, bool value) const {
    std::vector<Range> runs;
    for (std::size_t i = range.offset; i < range.offset + range.length; ++i) {
      if (bits_[i] != value) continue;
      if (i > range.offset && bits_[i - 1] == value)
        ++runs.back().length;
      else
        runs.push_back({i, 1});
    }
    return runs;
  }

 private:
  std::vector<bool> bits_ = std::vector<bool>(kSize);
};

constexpr Range kAll{0, Bitmap::kSize};

struct Draw {
  std::mt19937_64 random{5489};

  std::uint64_t below(std::uint64_t count) { return random() % count; }
  /// Any range within kAll, empty ones too; mostly short.
  Range range() {
    const std::uint64_t offset = below(Bitmap::kSize);
    return {offset, below(std::min<std::uint64_t>(Bitmap::kSize - offset, below(4) == 0 ? 60 : 9) + 1)};
  }
};

}  // namespace

TEST_CASE("range: its end, and what is in it") {
  constexpr Range range{10, 5};
  static_assert(range.end() == 15);
  static_assert(!range.empty() && Range{10, 0}.empty() && Range{}.empty());
  static_assert(Range::between(10, 15) == range);
  static_assert(Range::between(15, 10) == Range{15, 0});
  static_assert(Range::between(15, 15) == Range{15, 0});
  CHECK_FALSE(range.contains(9));
  CHECK(range.contains(10));
  CHECK(range.contains(14));
  CHECK_FALSE(range.contains(15));
  CHECK_FALSE(Range{10, 0}.contains(10));
  CHECK(range.contains(Range{10, 5}));
  CHECK(range.contains(Range{11, 3}));
  CHECK_FALSE(range.contains(Range{9, 5}));
  CHECK_FALSE(range.contains(Range{11, 5}));
  CHECK(range.contains(Range{99, 0}));
}

TEST_CASE("range: neighbours do not overlap, and an empty range overlaps nothing") {
  constexpr Range range{10, 5};
  CHECK(range.overlaps({14, 1}));
  CHECK(range.overlaps({0, 11}));
  CHECK(range.overlaps({0, 100}));
  CHECK(range.overlaps({12, 1}));
  CHECK_FALSE(range.overlaps({15, 5}));
  CHECK_FALSE(range.overlaps({5, 5}));
  CHECK_FALSE(range.overlaps({12, 0}));
  CHECK_FALSE(Range{12, 0}.overlaps(range));
  CHECK_FALSE(Range{}.overlaps({}));
  CHECK(range.intersection({12, 100}) == Range{12, 3});
  CHECK(range.intersection({0, 12}) == Range{10, 2});
  CHECK(range.intersection({0, 100}) == range);
  CHECK(range.intersection({15, 5}).empty());
  CHECK(range.intersection({0, 3}).empty());
}

TEST_CASE("range: only what begins at its end is appended") {
  Range range{10, 5};
  CHECK(range.append({15, 5}));
  CHECK(range == Range{10, 10});
  CHECK_FALSE(range.append({21, 1}));
  CHECK_FALSE(range.append({19, 5}));
  CHECK_FALSE(range.append({10, 10}));
  CHECK(range == Range{10, 10});
  CHECK(range.append({20, kEnd}));
  CHECK(range == Range{10, kEnd - 10});
}

TEST_CASE("range: past 2^64 it does not come round to the front") {
  constexpr Range range{kEnd - 9, 100};
  CHECK(range.end() == kEnd);
  CHECK_FALSE(range.overlaps({0, 91}));
  CHECK_FALSE(range.contains(0));
  CHECK(range.contains(Range{kEnd - 5, kEnd}));
  CHECK(range.intersection({0, kEnd}) == Range{kEnd - 9, 9});
  CHECK(Range{kEnd, 1}.empty());
  RangeSet set{range, {kEnd, 5}};
  CHECK(list_of(set) == std::vector<Range>{{kEnd - 9, 9}});
  CHECK(set.gaps({0, kEnd}) == RangeSet{{0, kEnd - 9}});
  CHECK_FALSE(set.overlaps({0, 1}));
  set.remove({kEnd - 5, kEnd});
  CHECK(set == RangeSet{{kEnd - 9, 4}});
}

TEST_CASE("range set: ranges that overlap or touch are joined, whatever the order") {
  const RangeSet set{{10, 5}, {30, 5}, {15, 5}, {12, 20}, {0, 0}, {50, 1}};
  CHECK(list_of(set) == std::vector<Range>{{10, 25}, {50, 1}});
  CHECK(set == RangeSet{{50, 1}, {10, 25}});
  CHECK(set != RangeSet{{50, 2}, {10, 25}});
  CHECK(set.size() == 2);
  CHECK(set.total() == 26);
  CHECK(set.front() == Range{10, 25});
  CHECK(set.back() == Range{50, 1});
  CHECK_FALSE(set.empty());
}

TEST_CASE("range set: a part that is removed from the middle leaves two") {
  RangeSet set{{10, 10}, {30, 10}, {50, 10}};
  set.remove({12, 2});
  CHECK(list_of(set) == std::vector<Range>{{10, 2}, {14, 6}, {30, 10}, {50, 10}});
  set.remove({15, 40});
  CHECK(list_of(set) == std::vector<Range>{{10, 2}, {14, 1}, {55, 5}});
  set.remove({11, 0});
  set.remove({0, 10});
  set.remove({60, 10});
  CHECK(set.size() == 3);
  set.remove({0, 100});
  CHECK(set.empty());
  CHECK(set.total() == 0);
}

TEST_CASE("range set: cleared, swapped, copied and moved") {
  RangeSet one{{0, 10}}, other{{5, 1}, {7, 1}};
  one.swap(other);
  CHECK(one == RangeSet{{5, 1}, {7, 1}});
  CHECK(other == RangeSet{{0, 10}});
  const RangeSet copy = one;
  one.add({6, 1});
  CHECK(one == RangeSet{{5, 3}});
  CHECK(copy.size() == 2);
  CHECK(std::exchange(one, {}) == RangeSet{{5, 3}});
  CHECK(one.empty());
  other.add(other);
  CHECK(other == RangeSet{{0, 10}});
  other.clear();
  CHECK(other.empty());
  CHECK(other.begin() == other.end());
}

TEST_CASE("range set: as a bitmap has it, after any changes") {
  Draw draw;
  for (int round = 0; round < 300; ++round) {
    RangeSet set;
    Bitmap bits;
    for (int step = 0; step < 40; ++step) {
      const Range change = draw.range();
      const bool put = draw.below(3) != 0;
      if (put)
        set.add(change);
      else
        set.remove(change);
      bits.put(change, put);
      REQUIRE(list_of(set) == bits.runs(kAll, true));
      REQUIRE(set.total() == bits.count(kAll));
      REQUIRE(set.size() == bits.runs(kAll, true).size());
      REQUIRE(set.empty() == (bits.count(kAll) == 0));

      const Range asked = draw.range();
      REQUIRE(set.contains(asked) == (bits.count(asked) == asked.length));
      REQUIRE(set.overlaps(asked) == (bits.count(asked) > 0));
      REQUIRE(list_of(set.intersection(asked)) == bits.runs(asked, true));
      REQUIRE(list_of(set.gaps(asked)) == bits.runs(asked, false));
      const Range here{draw.below(Bitmap::kSize), 1};
      REQUIRE(set.contains(here) == bits.at(here.offset));
    }
  }
}

TEST_CASE("range set: two sets together, as bitmaps have it") {
  Draw draw;
  for (int round = 0; round < 1000; ++round) {
    RangeSet one, other;
    Bitmap both, either;
    std::vector<int> times(Bitmap::kSize);
    for (RangeSet* set : {&one, &other})
      for (std::uint64_t i = draw.below(6); i > 0; --i) set->add(draw.range());
    for (const Range& range : one) either.put(range, true);
    for (const Range& range : other) either.put(range, true);
    for (std::size_t i = 0; i < Bitmap::kSize; ++i)
      both.put({i, 1}, one.contains(Range{i, 1}) && other.contains(Range{i, 1}));
    CHECK(list_of(one.intersection(other)) == both.runs(kAll, true));
    CHECK(one.intersection(other) == other.intersection(one));
    RangeSet sum = one;
    sum.add(other);
    CHECK(list_of(sum) == either.runs(kAll, true));
  }
}

TEST_CASE("range set: a hundred thousand ranges in any order do not take long") {
  constexpr std::uint64_t kRanges = 100'000;
  std::vector<std::uint64_t> order(kRanges);
  for (std::uint64_t i = 0; i < kRanges; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937_64{1});
  RangeSet set;
  const auto started = std::chrono::steady_clock::now();
  for (const std::uint64_t i : order) set.add({2 * i, 1});
  CHECK(set.size() == kRanges);
  for (std::uint64_t i = 0; i < kRanges; ++i) {
    // Before all others: a sorted array would move every one of them.
    set.remove({0, 1});
    set.add({0, 1});
  }
  for (const std::uint64_t i : order) set.add({2 * i + 1, 1});
  CHECK(list_of(set) == std::vector<Range>{{0, 2 * kRanges}});
  CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(10));
}
