// SPDX-License-Identifier: Apache-2.0
#include "copy/throttle.h"

#include <algorithm>

namespace san::copy {

Throttle::Clock::duration Throttle::take(std::uint64_t bytes, Clock::time_point now) {
  if (rate_ <= 0) return {};
  // A pause earns a quarter of a second of credit at most for the burst after it.
  at_ = std::max(at_, now - std::chrono::milliseconds(250));
  const auto wait = std::max(Clock::duration{}, at_ - now);
  at_ += std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(static_cast<double>(bytes) / rate_));
  return wait;
}

}  // namespace san::copy
