// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

namespace san {

/// Ranges of bytes, joined where they touch: offset and length.
using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

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
  Ranges flushed(std::uint64_t cache_loss_generation);
  /// Returns and clears all ranges that flushed() has returned since the last call.
  Ranges take_stale();

 private:
  using Map = std::map<std::uint64_t, std::uint64_t>;  // begin, end
  static void add(Map& map, std::uint64_t begin, std::uint64_t end);
  static constexpr std::size_t kMaxRanges = std::size_t{1} << 16;

  std::mutex mutex_;
  std::uint64_t cache_loss_generation_;
  Map written_, flushing_, stale_;
};

}  // namespace san
