// SPDX-License-Identifier: Apache-2.0
#include "devices/timer.h"

namespace san {

Timer::Timer() : thread_([this] { run(); }) {}

Timer::~Timer() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Timer::after(std::chrono::milliseconds delay, UniqueFunction<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.emplace(Clock::now() + delay, std::move(task));
  }
  wake_.notify_all();
}

void Timer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (tasks_.empty()) {
      if (quit_) return;
      wake_.wait(lock);
    } else if (const auto due = tasks_.begin()->first; !quit_ && Clock::now() < due) {
      wake_.wait_until(lock, due);
    } else {
      {
        const UniqueFunction<void()> task = std::move(tasks_.begin()->second);
        tasks_.erase(tasks_.begin());
        lock.unlock();
        task();
      }
      lock.lock();
    }
  }
}

}  // namespace san
