// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace san::iscsi {

/// Finds the best number of sessions by trials: two at first, then four, then one, each for a time in which
/// the target never waited for work, and then the fewest that are nearly as fast as the fastest. It only
/// decides. Not thread-safe.
class SessionTuner {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr unsigned kMaxSessions = 4;
  /// Duration of a trial, and of the pause before it, in which requests sent earlier are completed.
  static constexpr std::chrono::milliseconds kTrial{600}, kPause{100};
  /// Factor by which more sessions must be faster to be preferred: each costs the target memory.
  static constexpr double kGain = 1.05;

  /// Records a measurement. Call it several times a second while requests are under way. `bytes`: transferred
  /// so far. `busy`: true if requests wait because the sessions have no capacity for them; a trial without
  /// such waiting measures nothing and is begun anew.
  void measured(Clock::time_point now, std::uint64_t bytes, bool busy);

  /// Records that a session was lost or could not be made: there are targets that allow an initiator only
  /// one, and end the old one for the new one. From now on one session is used.
  void lost();

  /// Returns the number of sessions to use from now on: 1 to kMaxSessions.
  unsigned sessions() const { return sessions_; }
  bool settled() const { return settled_; }

 private:
  void next();

  static constexpr unsigned kTrials[] = {2, 4, 1};
  std::size_t trial_ = 0;
  double speed_[std::size(kTrials)] = {};  ///< bytes a second
  unsigned sessions_ = kTrials[0];
  bool settled_ = false;
  std::optional<Clock::time_point> begun_;  ///< start of the trial, or of the pause before it
  bool pausing_ = true;
  std::uint64_t bytes_ = 0;  ///< bytes transferred at the start of the trial
};

}  // namespace san::iscsi
