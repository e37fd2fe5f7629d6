// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session_tuner.h"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

#include "core/units.h"

using namespace san;
using namespace san::iscsi;
using std::chrono::milliseconds;

namespace {

using Clock = SessionTuner::Clock;

/// Runs the tuner over `length` against a target that does `speed(sessions)` MiB a second; returns the
/// numbers of sessions that were used, in order.
std::vector<unsigned> run(SessionTuner& tuner, const std::function<double(unsigned)>& speed,
                          milliseconds length = milliseconds(5000), bool busy = true) {
  std::vector<unsigned> used;
  double bytes = 0;
  for (milliseconds at(0); at < length; at += milliseconds(10)) {
    if (used.empty() || used.back() != tuner.sessions()) used.push_back(tuner.sessions());
    tuner.measured(Clock::time_point(at), static_cast<std::uint64_t>(bytes), busy);
    bytes += speed(tuner.sessions()) * MiB / 100;
  }
  return used;
}

}  // namespace

TEST_CASE("four sessions where each adds to the speed") {
  SessionTuner tuner;
  CHECK(run(tuner, [](unsigned n) { return 100.0 * n; }) == std::vector<unsigned>{2, 4});
  CHECK(tuner.settled());
}

TEST_CASE("two where four are no faster, and one is slower") {
  SessionTuner tuner;
  CHECK(run(tuner, [](unsigned n) { return n == 1 ? 100.0 : 180.0; }) == std::vector<unsigned>{2, 4, 1, 2});
}

TEST_CASE("one where more are hardly faster") {
  SessionTuner tuner;
  CHECK(run(tuner, [](unsigned n) { return 100.0 + n; }) == std::vector<unsigned>{2, 4, 1});
  CHECK(tuner.sessions() == 1);
}

TEST_CASE("one where sessions hinder each other") {
  SessionTuner tuner;
  run(tuner, [](unsigned n) { return 100.0 / n; });
  CHECK(tuner.sessions() == 1);
}

TEST_CASE("nothing is learnt while the target waits for work") {
  SessionTuner tuner;
  CHECK(run(
            tuner, [](unsigned n) { return 100.0 * n; }, milliseconds(5000), false) ==
        std::vector<unsigned>{2});
  CHECK(!tuner.settled());
}

TEST_CASE("a gap begins a trial anew") {
  SessionTuner tuner;
  std::uint64_t bytes = 0;
  Clock::time_point now;
  for (int i = 0; i < 1000; ++i) tuner.measured(now += milliseconds(10), bytes += 1000, i % 50 != 0);
  CHECK(tuner.sessions() == 2);
}

TEST_CASE("a lost session leaves one") {
  SessionTuner tuner;
  tuner.lost();
  CHECK(tuner.settled());
  CHECK(run(tuner, [](unsigned n) { return 100.0 * n; }) == std::vector<unsigned>{1});
}
