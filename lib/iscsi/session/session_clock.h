// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace san::iscsi {

/// The time by which the sessions of a LUN wait, repeat and give up. Thread-safe. Tests have one that they
/// turn by hand.
class SessionClock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  SessionClock() = default;
  virtual ~SessionClock() = default;
  SessionClock(const SessionClock&) = delete;
  SessionClock& operator=(const SessionClock&) = delete;

  /// Returns the time now.
  virtual TimePoint now() const = 0;
  /// Waits until `event` (an eventfd; -1 for none) is written to, at most `timeout`, and empties it.
  virtual void wait(int event, std::chrono::milliseconds timeout) const = 0;

  /// Returns the clock that goes by std::chrono::steady_clock.
  static const SessionClock& steady();
};

}  // namespace san::iscsi
