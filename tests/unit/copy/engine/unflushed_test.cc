// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/unflushed.h"

#include <doctest/doctest.h>

using namespace san;

TEST_CASE("without a loss nothing is doubtful") {
  Unflushed unflushed(3);
  unflushed.written(0, 10);
  unflushed.begin_flush();
  CHECK(unflushed.flushed(3).empty());
  CHECK(unflushed.take_doubtful().empty());
  // What a flush has covered is safe from a loss that comes later.
  unflushed.begin_flush();
  CHECK(unflushed.flushed(4).empty());
}

TEST_CASE("what was written since the last flush is doubtful after a loss, once") {
  Unflushed unflushed(0);
  unflushed.written(0, 10);
  unflushed.begin_flush();
  CHECK(unflushed.flushed(0).empty());
  unflushed.written(20, 10);
  unflushed.written(40, 10);
  unflushed.written(30, 10);
  unflushed.begin_flush();
  unflushed.written(90, 5);  // while the flush is under way
  CHECK(unflushed.flushed(1) == Ranges{{20, 30}, {90, 5}});
  CHECK(unflushed.take_doubtful() == Ranges{{20, 30}, {90, 5}});
  CHECK(unflushed.take_doubtful().empty());
  unflushed.begin_flush();
  CHECK(unflushed.flushed(1).empty());
}

TEST_CASE("a flush that failed covers nothing") {
  Unflushed unflushed(0);
  unflushed.written(0, 10);
  unflushed.begin_flush();
  unflushed.written(20, 10);
  unflushed.begin_flush();
  CHECK(unflushed.flushed(7) == Ranges{{0, 10}, {20, 10}});
}

TEST_CASE("ranges that touch or overlap are joined, and very many become one") {
  Unflushed unflushed(0);
  for (const auto& [offset, length] : Ranges{{10, 5}, {30, 5}, {15, 5}, {12, 20}, {0, 0}})
    unflushed.written(offset, length);
  unflushed.begin_flush();
  CHECK(unflushed.flushed(1) == Ranges{{10, 25}});
  for (std::uint64_t i = 0; i < 100000; ++i) unflushed.written(2 * i + 100, 1);
  unflushed.begin_flush();
  const Ranges many = unflushed.flushed(2);
  REQUIRE(!many.empty());
  CHECK(many.size() <= 65536);
  CHECK(many.front().first == 100);
  CHECK(many.back().first + many.back().second == 2 * 99999 + 101);
}
