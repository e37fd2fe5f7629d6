// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace san::iscsi {

/// How many sessions to use, by trying: two at first, then four, then one, each for a while in which the
/// target never waited for work, and then the fewest that are nearly as fast as the fastest. Decides only;
/// not thread-safe.
class SessionTuner {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr unsigned kMaxSessions = 4;
  /// How long each number is tried. Before that comes a pause in which what was sent before it comes to its
  /// end.
  static constexpr std::chrono::milliseconds kTrial{600}, kPause{100};
  /// More sessions have to be faster by this factor, or the fewer are kept: each costs the target memory.
  static constexpr double kGain = 1.05;

  /// To be called several times a second while requests are under way. `bytes`: transferred so far. `busy`:
  /// requests wait because the sessions have no room for them; a trial in which they did not says nothing of
  /// the target and is begun anew.
  void measured(Clock::time_point now, std::uint64_t bytes, bool busy);

  /// A session was lost or could not be had: there are targets that allow an initiator only one, and end the
  /// old one for the new one. From now on there is one.
  void lost();

  /// To be used from now on: 1 to kMaxSessions.
  unsigned sessions() const { return sessions_; }
  bool settled() const { return settled_; }

 private:
  void next();

  static constexpr unsigned kTrials[] = {2, 4, 1};
  std::size_t trial_ = 0;
  double speed_[std::size(kTrials)] = {};  ///< bytes a second
  unsigned sessions_ = kTrials[0];
  bool settled_ = false;
  std::optional<Clock::time_point> begun_;  ///< when the trial, or the pause before it, began
  bool pausing_ = true;
  std::uint64_t bytes_ = 0;  ///< at the beginning of the trial
};

}  // namespace san::iscsi
