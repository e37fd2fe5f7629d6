// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

#include "core/process/operation.h"

namespace san::iscsi {

/// Calls `work(i)` once for each i below `count`, at most 16 at a time, and waits for all calls. `work` must
/// not throw. If no thread can be started, the calling thread does all the work.
template <typename Work>
void in_parallel(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> helpers;
  try {
    for (std::size_t i = 1; i < std::min<std::size_t>(count, 16); ++i) helpers.push_back(start_thread(take));
  } catch (const std::system_error&) {
    // The threads that were started are enough.
  }
  take();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace san::iscsi
