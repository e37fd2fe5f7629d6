// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/dirty_ranges.h"

#include <doctest/doctest.h>

#include <vector>

using namespace san;
using namespace san::copy;

TEST_CASE("without a loss nothing is doubtful") {
  DirtyRanges dirty(3);
  dirty.written(0, 10);
  dirty.begin_flush();
  CHECK(dirty.flushed(3).empty());
  CHECK(dirty.take_stale().empty());
  // What a flush has covered is safe from a loss that comes later.
  dirty.begin_flush();
  CHECK(dirty.flushed(4).empty());
}

TEST_CASE("what was written since the last flush is doubtful after a loss, once") {
  DirtyRanges dirty(0);
  dirty.written(0, 10);
  dirty.begin_flush();
  CHECK(dirty.flushed(0).empty());
  dirty.written(20, 10);
  dirty.written(40, 10);
  dirty.written(30, 10);
  dirty.begin_flush();
  dirty.written(90, 5);  // while the flush is under way
  CHECK(dirty.flushed(1) == RangeSet{{20, 30}, {90, 5}});
  CHECK(dirty.take_stale() == RangeSet{{20, 30}, {90, 5}});
  CHECK(dirty.take_stale().empty());
  dirty.begin_flush();
  CHECK(dirty.flushed(1).empty());
}

TEST_CASE("a flush that failed covers nothing") {
  DirtyRanges dirty(0);
  dirty.written(0, 10);
  dirty.begin_flush();
  dirty.written(20, 10);
  dirty.begin_flush();
  CHECK(dirty.flushed(7) == RangeSet{{0, 10}, {20, 10}});
}

TEST_CASE("ranges that touch or overlap are joined, and very many become one") {
  DirtyRanges dirty(0);
  for (const Range& range : std::vector<Range>{{10, 5}, {30, 5}, {15, 5}, {12, 20}, {0, 0}})
    dirty.written(range.offset, range.length);
  dirty.begin_flush();
  CHECK(dirty.flushed(1) == RangeSet{{10, 25}});
  for (std::uint64_t i = 0; i < 100000; ++i) dirty.written(2 * i + 100, 1);
  dirty.begin_flush();
  const RangeSet many = dirty.flushed(2);
  REQUIRE(!many.empty());
  CHECK(many.size() <= 65536);
  CHECK(many.front().offset == 100);
  CHECK(many.back().end() == 2 * 99999 + 101);
}
