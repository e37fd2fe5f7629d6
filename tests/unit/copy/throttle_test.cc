// SPDX-License-Identifier: Apache-2.0
#include "copy/throttle.h"

#include "copy/copy_checks.h"
#include "core/units.h"

using namespace san;
using namespace san::copy;
using namespace std::chrono_literals;
using Clock = Throttle::Clock;

TEST_CASE("without a rate nobody waits") {
  Throttle throttle(0);
  for (int i = 0; i < 100; ++i) CHECK(throttle.take(GiB) == Clock::duration{});
}

TEST_CASE("a stream that asks as fast as it can is held at the rate") {
  Throttle throttle(10 * MiB);
  Clock::time_point now = Clock::now() + 1s;
  const Clock::time_point began = now;
  for (int i = 0; i < 100; ++i) now += throttle.take(MiB, now);
  const double seconds = std::chrono::duration<double>(now - began).count();
  // 100 MiB less the quarter of a second that the pause before saved up, and the last MiB itself.
  CHECK(seconds == doctest::Approx(10.0 - 0.25 - 0.1).epsilon(0.001));
}

TEST_CASE("a slow stream never waits") {
  Throttle throttle(10 * MiB);
  Clock::time_point now = Clock::now() + 1s;
  for (int i = 0; i < 50; ++i) {
    CHECK(throttle.take(MiB, now) == Clock::duration{});
    now += 200ms;
  }
}

TEST_CASE("a pause saves up no more than a quarter of a second") {
  Throttle throttle(4 * MiB);
  Clock::time_point now = Clock::now() + 3600s;
  CHECK(throttle.take(MiB, now) == 0s);
  CHECK(throttle.take(MiB, now) == 0s);
  CHECK(throttle.take(MiB, now) == 250ms);
  CHECK(throttle.take(MiB, now) == 500ms);
}

TEST_CASE("a byte a second and more than memory at once do not overflow") {
  Throttle slow(1);
  const Clock::time_point now = Clock::now() + 1s;
  slow.take(GiB, now);
  CHECK(slow.take(1, now) > 1'000'000s);
  Throttle fast(~std::uint64_t{0});
  CHECK(fast.take(TiB, now) == 0s);
}
