// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace san {

/// Divides a time over pieces of work, each of which gets an equal share of what those before it left.
class TimeShares {
 public:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;
  /// In less nothing can be measured.
  static constexpr Duration kShortest{40};

  TimeShares(Clock::time_point begin, Duration total, unsigned pieces) : end_(begin + total), left_(pieces) {}

  /// What the next piece gets, which begins at `now`; 0 where that is too little.
  Duration next(Clock::time_point now) {
    const auto left = std::chrono::duration_cast<Duration>(end_ - now);
    const Duration share = left / std::max(1U, left_);
    if (left_ > 0) --left_;
    return share < kShortest ? Duration::zero() : share;
  }

 private:
  Clock::time_point end_;
  unsigned left_;
};

}  // namespace san
