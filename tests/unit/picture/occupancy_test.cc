// SPDX-License-Identifier: Apache-2.0
#include "picture/occupancy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>

#include "core/units.h"

using namespace san;
using namespace san::picture;

TEST_CASE("bytes are counted in the bucket they lie in") {
  Occupancy h(1000, 100, 10);
  h.add(1005, 10);   // half of the first, half of the second
  h.add(1090, 500);  // the last one, and what is behind it is not there
  h.add(0, 1001);    // one byte of the first
  h.add(5000, 1);
  h.add(0, 1000);
  CHECK(h.total() == 21);
  CHECK(h.parts(10) == std::vector<std::uint64_t>{6, 5, 0, 0, 0, 0, 0, 0, 0, 10});
  CHECK(h.parts(2) == std::vector<std::uint64_t>{11, 10});
  CHECK(h.parts(1000).size() == 10);
}

TEST_CASE("a part of the range is full, empty, or between") {
  Occupancy h(0, 100, 10);
  h.add(0, 50);
  CHECK(h.share(0, 0.5) == 1.0);
  CHECK(h.share(0.5, 1) == 0.0);
  CHECK(h.share(0, 1) == doctest::Approx(0.5));
  CHECK(h.share(0.45, 0.55) == doctest::Approx(0.5));
  CHECK(h.share(0.1, 0.13) == 1.0);
}

TEST_CASE("nothing, and ranges smaller than the number of buckets") {
  Occupancy none;
  none.add(0, 10);
  CHECK(none.empty());
  CHECK(none.total() == 0);
  CHECK(none.share(0, 1) == 0);
  CHECK(none.parts(4).empty());
  Occupancy tiny(7, 3, 512);
  tiny.add(8, 1);
  CHECK(tiny.parts(64) == std::vector<std::uint64_t>{0, 1, 0});
  CHECK(tiny.share(0.34, 0.66) == 1.0);
}

TEST_CASE("the largest numbers do not overflow") {
  const std::uint64_t all = ~std::uint64_t{0};
  Occupancy h(0, all, 512);
  h.add(0, all);
  CHECK(h.total() == all);
  CHECK(h.share(0, 1) == 1.0);
  const auto parts = h.parts(64);
  CHECK(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}) == all);
}

TEST_CASE("buckets never lose or invent a byte") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t offset = random() % 1000, length = random() % 3000 + 1;
    Occupancy h(offset, length, random() % 600 + 1);
    std::vector<bool> bytes(5000);
    for (std::uint64_t at = 0; at < 4500;) {
      const std::uint64_t run = random() % 200 + 1;
      h.add(at, run);
      for (std::uint64_t i = at; i < at + run; ++i) bytes[i] = i >= offset && i < offset + length;
      at += run + random() % 200;
    }
    const auto expected = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), true));
    const auto parts = h.parts(7);
    REQUIRE(h.total() == expected);
    REQUIRE(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}) == expected);
    REQUIRE(h.share(0, 1) <= 1.0);
  }
}
