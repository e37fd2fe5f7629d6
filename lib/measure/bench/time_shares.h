// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace san::measure {

/// Divides a time among pieces of work. Each gets an equal share of the time that is left when it begins.
class TimeShares {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;
  /// Shortest share in which anything can be measured.
  static constexpr Duration kMinShare{40};

  /// Divides `total` from `begin` on among `pieces`.
  TimeShares(Clock::time_point begin, Duration total, unsigned pieces) : end_(begin + total), left_(pieces) {}

  /// Returns the share of the next piece, which begins at `now`; 0 if that is less than kMinShare.
  Duration next(Clock::time_point now) {
    const auto left = std::chrono::duration_cast<Duration>(end_ - now);
    const Duration share = left / std::max(1U, left_);
    if (left_ > 0) --left_;
    return share < kMinShare ? Duration::zero() : share;
  }

 private:
  Clock::time_point end_;
  unsigned left_;
};

}  // namespace san::measure
