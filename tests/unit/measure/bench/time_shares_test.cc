// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/time_shares.h"

#include <doctest/doctest.h>

namespace san {

using namespace san::measure;
namespace {

using std::chrono::milliseconds;

TEST_CASE("equal shares, of what is left") {
  const TimeShares::Clock::time_point begin{};
  TimeShares shares(begin, milliseconds(1000), 4);
  CHECK(shares.next(begin) == milliseconds(250));
  CHECK(shares.next(begin + milliseconds(250)) == milliseconds(250));
  // One took longer than it should have: the two that follow pay for it.
  CHECK(shares.next(begin + milliseconds(600)) == milliseconds(200));
  CHECK(shares.next(begin + milliseconds(700)) == milliseconds(300));
}

TEST_CASE("no share where nothing is left, or too little") {
  const TimeShares::Clock::time_point begin{};
  TimeShares shares(begin, milliseconds(1000), 3);
  CHECK(shares.next(begin + milliseconds(900)) == milliseconds(0));  // 33 each
  CHECK(shares.next(begin + milliseconds(900)) == milliseconds(50));
  CHECK(shares.next(begin + milliseconds(1001)) == milliseconds(0));
  CHECK(shares.next(begin + milliseconds(5000)) == milliseconds(0));
}

}  // namespace
}  // namespace san
