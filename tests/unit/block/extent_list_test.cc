// SPDX-License-Identifier: Apache-2.0
#include "block/extent_list.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"

using namespace san;
using Kind = Extent::Kind;

TEST_CASE("neighbours of one kind become one") {
  ExtentList list(512, 4096, 512);
  list.add(1024, false);
  list.add(1536, false);
  list.add(2048, true);
  list.add(3072, true);
  CHECK(list.at() == 3072);
  CHECK_FALSE(list.full());
  list.add(9999, false);
  CHECK(list.full());
  CHECK(list.take() ==
        std::vector<Extent>{{512, 1024, Kind::data}, {1536, 1536, Kind::zero}, {3072, 1536, Kind::data}});
}

TEST_CASE("a block that is zeros only in part is data") {
  ExtentList list(0, 2048, 512);
  list.add(100, false);
  list.add(1500, true);
  list.add(2048, false);
  CHECK(list.take() ==
        std::vector<Extent>{{0, 512, Kind::data}, {512, 512, Kind::zero}, {1024, 1024, Kind::data}});
  ExtentList small(0, 512, 512);
  small.add(100, false);
  small.add(400, true);
  small.add(512, false);
  CHECK(small.take() == std::vector<Extent>{{0, 512, Kind::data}});
}

TEST_CASE("what was not told is unknown, and there is an end to telling") {
  ExtentList none(0, 1024, 512);
  CHECK(none.take() == std::vector<Extent>{{0, 1024, Kind::unknown}});
  ExtentList part(0, 2048, 512);
  part.add(700, false);
  CHECK(part.take() == std::vector<Extent>{{0, 512, Kind::data}, {512, 1536, Kind::unknown}});
  ExtentList many(0, 1 << 20, 512, 10);
  for (std::uint64_t at = 512; at < 1 << 20; at += 512) many.add(at, at % 1024 == 0);
  CHECK(many.full());
  const auto extents = many.take();
  CHECK(extents.size() <= 10);
  CHECK(extents.back().kind == Kind::unknown);
  check_cover(extents, 0, 1 << 20);
}
