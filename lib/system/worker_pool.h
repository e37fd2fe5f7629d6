// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "core/unique_function.h"

namespace san {

/// A few threads that run tasks in the order in which they were submitted; with one thread, one after the
/// other. The queue is not bounded: callers limit what is in flight.
class WorkerPool {
 public:
  /// Starts `threads` threads, at least one.
  explicit WorkerPool(unsigned threads);
  /// Runs everything that has been submitted, then ends the threads. Must not be called from one of the
  /// pool's own tasks.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Queues a task. From any thread, also from a task. `task` must not throw.
  void submit(UniqueFunction<void()> task);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<UniqueFunction<void()>> tasks_;
  bool quit_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace san
