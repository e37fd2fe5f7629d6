// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/write_queue.h"

#include <doctest/doctest.h>

using namespace san;
using namespace san::copy;

TEST_CASE("a lane counts blocks until the last pointer to them is gone") {
  Progress progress(nullptr);
  auto block = std::make_shared<Block>();
  block->length = 100;
  WriteQueue a, b;
  auto one = a.hold(block);
  auto other = one;
  const auto elsewhere = b.hold(block);
  CHECK(a.held() == 100);
  one.reset();
  CHECK(a.held() == 100);
  other.reset();
  CHECK(a.held() == 0);
  CHECK(b.held() == 100);
  CHECK(block.use_count() == 2);
}

TEST_CASE("neighbouring ranges that are left out become one") {
  WriteQueue queue;
  queue.leave_out({0, 10});
  queue.leave_out({10, 5});
  queue.leave_out({20, 1});
  CHECK(queue.take_left_out() == RangeSet{{0, 15}, {20, 1}});
  CHECK(queue.left_out().empty());
}

TEST_CASE("sets of ranges are cut where one of them begins or ends") {
  using Segments = std::vector<QueuedRange>;
  CHECK(merge({}) == Segments{});
  CHECK(merge({RangeSet{{0, 10}}}) == Segments{{{0, 10}, {0}}});
  CHECK(merge({RangeSet{{0, 10}, {20, 10}}, RangeSet{{5, 20}}}) ==
        Segments{{{0, 5}, {0}}, {{5, 5}, {0, 1}}, {{10, 10}, {1}}, {{20, 5}, {0, 1}}, {{25, 5}, {0}}});
  CHECK(merge({RangeSet{{0, 10}}, RangeSet{{10, 10}}}) == Segments{{{0, 10}, {0}}, {{10, 10}, {1}}});
  CHECK(merge({RangeSet{{0, 10}}, RangeSet{{0, 10}}, RangeSet{}}) == Segments{{{0, 10}, {0, 1}}});
}
