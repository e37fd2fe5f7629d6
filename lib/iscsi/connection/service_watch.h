// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "core/error.h"

namespace san::iscsi {

/// Watchdog for calls into libiscsi that do not return. A thread inside such a call cannot be stopped, and
/// its data can be neither freed nor used again; so after a timeout the process ends with a message and
/// without any cleanup, as if it had been killed. No copy suffers from that: a kill at any moment is
/// survived.
class ServiceWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// Longest duration of a call, as long as any silence of a target; then exit code 3.
  static constexpr std::chrono::milliseconds kTimeout{45'000};
  /// Longest duration of a call after the user has interrupted the program; then exit code 130.
  static constexpr std::chrono::milliseconds kInterrupted{3'000};

  /// Marks this thread as inside libiscsi, on behalf of `name`, for the lifetime of the object. `name` must
  /// outlive it.
  class Call {
   public:
    explicit Call(const std::string& name);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
  };

  /// Stops the clock of a Call while libiscsi has called back: the time is not libiscsi's. May also be used
  /// outside of a Call.
  class Pause {
   public:
    Pause();
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    bool inside_;
  };

  /// Callback that reports the error before the process ends, before the message on stderr. It runs in a
  /// thread of its own and is waited for no longer than kWords: the stuck thread may hold any lock, and the
  /// reader of the report may be stuck as well.
  using LastWords = void (*)(const Error& error);
  static constexpr std::chrono::milliseconds kWords{2'000};
  static void set_last_words(LastWords words);

  /// Replaces kTimeout, for tests.
  static void set_timeout(std::chrono::milliseconds timeout);
};

}  // namespace san::iscsi
