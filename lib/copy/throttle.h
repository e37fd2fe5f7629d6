// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace san::copy {

/// Keeps a stream of bytes below a rate. A pause earns no more than a quarter of a second of credit for a
/// burst. Not thread-safe.
class Throttle {
 public:
  using Clock = std::chrono::steady_clock;

  /// Sets the rate in bytes a second; 0 never waits.
  explicit Throttle(std::uint64_t rate) : rate_(static_cast<double>(rate)), at_(Clock::now()) {}

  /// Counts `bytes`, and returns the time to wait before they may be sent.
  Clock::duration take(std::uint64_t bytes, Clock::time_point now = Clock::now());

 private:
  double rate_;
  Clock::time_point at_;  ///< the time at which everything taken so far is due
};

}  // namespace san::copy
