// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "core/unique_function.h"

namespace san {

/// A thread that runs tasks after a delay. A task must not throw and must not wait for another one.
class Timer {
 public:
  Timer();
  /// Runs the waiting tasks at once, then ends the thread. Must not be called from one of its own tasks.
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Schedules `task`. From any thread, also from a task. Tasks with the same time run in the order of the
  /// calls.
  void after(std::chrono::milliseconds delay, UniqueFunction<void()> task);

 private:
  using Clock = std::chrono::steady_clock;
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::multimap<Clock::time_point, UniqueFunction<void()>> tasks_;
  bool quit_ = false;
  std::thread thread_;
};

}  // namespace san
