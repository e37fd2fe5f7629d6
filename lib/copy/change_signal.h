// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace san::copy {

/// Longest wait of a thread of the copy engine before it checks again for a signal, for errors of the source,
/// and for destinations that are due for a flush. Below 0.1 s, which a user who presses Ctrl-C perceives as
/// immediate; 20 wake-ups a second cost a copy no measurable time. It bounds the reaction only: a wait ends
/// earlier if its condition becomes true.
inline constexpr std::chrono::milliseconds kPollInterval{50};

/// Wakes threads that wait for a change in any of several parts of the engine. Each part counts its changes
/// here; a waiting thread looks at whatever it wants to know, and sleeps until the next one. Thread-safe.
class ChangeSignal {
 public:
  ChangeSignal() = default;
  ChangeSignal(const ChangeSignal&) = delete;
  ChangeSignal& operator=(const ChangeSignal&) = delete;

  /// Counts a change, and wakes everybody.
  void notify() {
    {
      const std::scoped_lock lock(mutex_);
      ++changes_;
    }
    changed_.notify_all();
  }
  /// Returns the number of changes so far, to be passed to wait_past().
  std::uint64_t changes() const {
    const std::scoped_lock lock(mutex_);
    return changes_;
  }
  /// Waits, at most `timeout`, until there are more changes than `seen`.
  void wait_past(std::uint64_t seen, std::chrono::nanoseconds timeout = kPollInterval) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] { return changes_ != seen; });
  }
  /// Waits until `done()` is true, and calls `check()`, which may throw, before each wait.
  template <typename Done, typename Check>
  void wait_until(Done&& done, Check&& check) {
    for (std::uint64_t seen = changes(); !done(); seen = changes()) {
      check();
      wait_past(seen);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t changes_ = 0;
};

}  // namespace san::copy
