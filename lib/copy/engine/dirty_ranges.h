// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

#include "core/range.h"

namespace san::copy {

/// Ranges that were written to a device and not flushed since. If the device loses its cache meanwhile
/// (Device::cache_loss_generation()), a flush that succeeds afterwards proves nothing about them. Memory is
/// bounded: of more than 65536 ranges only the first byte and the last are remembered. Thread-safe.
class DirtyRanges {
 public:
  /// Starts empty. `cache_loss_generation` is that of the device before the first write.
  explicit DirtyRanges(std::uint64_t cache_loss_generation) : cache_loss_generation_(cache_loss_generation) {}

  /// Adds a range whose write has been acknowledged.
  void written(std::uint64_t offset, std::uint64_t length);
  /// Moves all ranges to the flush that is about to be submitted.
  void begin_flush();
  /// Ends a flush that has succeeded, with the present generation of the device. Returns the ranges that may
  /// have been lost since the last flush; until take_stale() they are remembered.
  RangeSet flushed(std::uint64_t cache_loss_generation);
  /// Returns and clears all ranges that flushed() has returned since the last call.
  RangeSet take_stale();

 private:
  std::mutex mutex_;
  std::uint64_t cache_loss_generation_;
  RangeSet written_, flushing_, stale_;
};

}  // namespace san::copy
