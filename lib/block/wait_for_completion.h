// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <future>

#include "block/device.h"
#include "core/process/interrupt.h"

namespace san {

/// Waits for what a request of the device will leave in `future`. After a signal the device is told to end
/// it: a target that went away must not hold up Ctrl-C. Then throws Error(interrupted) when the request has
/// ended.
template <typename T>
T await(Device& device, std::future<T> future) {
  while (future.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
    if (!Interrupt::requested()) continue;
    device.cancel();
    future.wait();
    Interrupt::check("");
  }
  return future.get();
}

}  // namespace san
