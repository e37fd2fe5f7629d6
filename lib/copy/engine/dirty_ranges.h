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

/// What has been written to a device and not been flushed since. Where the device loses its cache on the way
/// (Device::losses()), a flush that succeeds afterwards proves nothing of it. Memory is bounded: of very many
/// ranges it knows only where they begin and end. Thread-safe.
class DirtyRanges {
 public:
  /// `losses`: what the device says before anything is written.
  explicit DirtyRanges(std::uint64_t cache_loss_generation) : cache_loss_generation_(cache_loss_generation) {}

  /// A write of that range has been acknowledged.
  void written(std::uint64_t offset, std::uint64_t length);
  /// A flush is about to be submitted.
  void begin_flush();
  /// It has succeeded, and the device says `losses` now. What may have been lost on the way; it counts as not
  /// flushed any more than doubtful() says.
  Ranges flushed(std::uint64_t cache_loss_generation);
  /// All that flushed() has ever told of, and that was not taken yet.
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
