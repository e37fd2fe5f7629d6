// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/free_ranges.h"

#include <doctest/doctest.h>

#include "filesystem/volume/volume.h"

using san::filesystem::FreeRanges;
using Ranges = std::vector<san::Range>;

TEST_CASE("free ranges: neighbours are merged, short runs left out, all counted") {
  FreeRanges free({.min_run = 100, .max_ranges = 10});
  free.add(0, 60);
  free.add(60, 40);
  free.add(200, 99);
  free.add(300, 50);
  free.add(350, 0);
  free.add(350, 60);
  CHECK(free.total() == 309);
  CHECK(free.take(1000) == Ranges{{1000, 100}, {1300, 110}});
}

TEST_CASE("free ranges: a run at 0 that is short does not swallow the next") {
  FreeRanges free({.min_run = 10, .max_ranges = 10});
  free.add(0, 5);
  free.add(6, 20);
  CHECK(free.take(0) == Ranges{{6, 20}});
}

TEST_CASE("free ranges: overlapping or unordered ones contradict each other") {
  FreeRanges free({});
  free.add(100, 50);
  CHECK_THROWS_AS(free.add(149, 10), san::filesystem::MetadataError);
  CHECK_THROWS_AS(free.add(0, 10), san::filesystem::MetadataError);
}

TEST_CASE("free ranges: more than fit raise the length that counts as short") {
  FreeRanges free({.min_run = 1, .max_ranges = 8});
  std::uint64_t at = 0;
  for (std::uint64_t length = 1; length <= 64; ++length, at += 100) free.add(at, length);
  CHECK(free.total() == 64 * 65 / 2);
  const Ranges ranges = free.take(0);
  CHECK(ranges.size() <= 8);
  CHECK(free.min_run() == 64);
  for (const san::Range& range : ranges) CHECK(range.length >= free.min_run());
}

TEST_CASE("reserved: order does not matter, and what lies outside is handed out in parts") {
  san::filesystem::Reserved reserved;
  reserved.add(50, 10);
  reserved.add(10, 5);
  reserved.add(15, 5);
  reserved.add(12, 20);
  reserved.add(70, 0);
  CHECK(reserved.touches(0, 11));
  CHECK_FALSE(reserved.touches(0, 10));
  CHECK(reserved.touches(31, 1));
  CHECK_FALSE(reserved.touches(32, 18));
  CHECK(reserved.touches(59, 100));
  CHECK_FALSE(reserved.touches(60, 100));
  CHECK_FALSE(reserved.touches(20, 0));

  const auto outside = [&](std::uint64_t first, std::uint64_t count) {
    Ranges parts;
    reserved.outside(first, count, [&](std::uint64_t from, std::uint64_t length) {
      parts.push_back({from, length});
    });
    return parts;
  };
  CHECK(outside(0, 100) == Ranges{{0, 10}, {32, 18}, {60, 40}});
  CHECK(outside(10, 22).empty());
  CHECK(outside(0, 10) == Ranges{{0, 10}});
  CHECK(outside(31, 2) == Ranges{{32, 1}});
  CHECK(outside(55, 6) == Ranges{{60, 1}});
  CHECK(outside(60, 0).empty());
}
