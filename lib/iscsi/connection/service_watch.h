// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "core/error.h"

namespace san::iscsi {

/// The last resort against a libiscsi that does not come back. A thread that is in it cannot be taken out,
/// and what it has may be neither freed nor used again; so when a call has lasted too long the process ends,
/// with a message, without any cleaning up, as if it had been killed. Nothing that is copied suffers from
/// that: a kill at any moment is survived.
class ServiceWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// How long a call may last: as long as any silence of a target, then exit code 3…
  static constexpr std::chrono::milliseconds kTimeout{45'000};
  /// …and when the user has asked for the end, then exit code 130.
  static constexpr std::chrono::milliseconds kInterrupted{3'000};

  /// While it lives this thread is in libiscsi, on behalf of `name`, which outlives it.
  class Call {
   public:
    explicit Call(const std::string& name);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
  };

  /// While it lives, inside of a Call or not, libiscsi has called back, and the time is not its own.
  class Pause {
   public:
    Pause();
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    bool inside_;
  };

  /// What is said before the process ends, besides the message on stderr and in front of it. Called from a
  /// thread of its own, in which nobody waits for it longer than kWords: whoever is stuck may hold any lock,
  /// and who should read may not.
  using LastWords = void (*)(const Error& error);
  static constexpr std::chrono::milliseconds kWords{2'000};
  static void set_last_words(LastWords words);

  /// Another patience than kTimeout, for tests.
  static void set_timeout(std::chrono::milliseconds timeout);
};

}  // namespace san::iscsi
