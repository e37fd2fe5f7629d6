// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session_tuner.h"

#include <algorithm>
#include <iterator>

namespace san::iscsi {

void SessionTuner::measured(Clock::time_point now, std::uint64_t bytes, bool busy) {
  if (settled_) return;
  if (!busy || !begun_) {
    begun_ = now;
    bytes_ = bytes;
    return;
  }
  const auto time = now - *begun_;
  if (time < (pausing_ ? kPause : kTrial)) return;
  if (!pausing_) {
    speed_[trial_] = static_cast<double>(bytes - bytes_) / std::chrono::duration<double>(time).count();
    next();
  }
  pausing_ = !pausing_;
  begun_ = now;
  bytes_ = bytes;
}

void SessionTuner::next() {
  // One session is tried only if four were no better than two: then several sessions may slow the target
  // down.
  const bool more_is_faster = trial_ == 1 && speed_[1] >= speed_[0] * kGain;
  if (!more_is_faster && ++trial_ < std::size(kTrials)) {
    sessions_ = kTrials[trial_];
    return;
  }
  settled_ = true;
  const double fastest = *std::max_element(std::begin(speed_), std::end(speed_));
  sessions_ = kMaxSessions;
  for (std::size_t i = 0; i < std::size(kTrials); ++i)
    if (speed_[i] * kGain >= fastest) sessions_ = std::min(sessions_, kTrials[i]);
}

void SessionTuner::lost() {
  settled_ = true;
  sessions_ = 1;
}

}  // namespace san::iscsi
