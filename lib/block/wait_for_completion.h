// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>

#include "block/readable_device.h"
#include "core/process/interrupt.h"

namespace san {

/// Waits for the result of a request of `device` in `future`. After a signal it cancels the device, so that a
/// target that is gone does not delay Ctrl-C, and throws Error(interrupted) when the request has ended.
template <typename T>
T await(ReadableDevice& device, std::future<T> future) {
  while (future.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
    if (!Interrupt::requested()) continue;
    device.cancel();
    future.wait();
    Interrupt::check("");
  }
  return future.get();
}

}  // namespace san
