// SPDX-License-Identifier: Apache-2.0
#include "system/worker_pool.h"

#include <algorithm>

#include "core/process/operation.h"

namespace san {

WorkerPool::WorkerPool(unsigned threads) {
  for (unsigned i = 0; i < std::max(threads, 1U); ++i) threads_.push_back(start_thread([this] { run(); }));
}

WorkerPool::~WorkerPool() {
  {
    const std::scoped_lock lock(mutex_);
    quit_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::submit(UniqueFunction<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return quit_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    {
      const UniqueFunction<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }  // The task is destroyed before the lock is taken again: its destructors may submit more.
    lock.lock();
  }
}

}  // namespace san
