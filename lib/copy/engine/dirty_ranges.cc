// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/dirty_ranges.h"

#include <cstddef>

namespace san::copy {
namespace {

constexpr std::size_t kMaxRanges = std::size_t{1} << 16;

/// Makes one range of all if there are too many.
void limit(RangeSet& ranges) {
  if (ranges.size() > kMaxRanges) ranges.add(Range::between(ranges.front().offset, ranges.back().end()));
}

}  // namespace

void DirtyRanges::written(std::uint64_t offset, std::uint64_t length) {
  const std::scoped_lock lock(mutex_);
  written_.add({offset, length});
  limit(written_);
}

void DirtyRanges::begin_flush() {
  const std::scoped_lock lock(mutex_);
  flushing_.add(std::exchange(written_, {}));
  limit(flushing_);
}

RangeSet DirtyRanges::flushed(std::uint64_t cache_loss_generation) {
  const std::scoped_lock lock(mutex_);
  RangeSet stale;
  if (cache_loss_generation != cache_loss_generation_) {
    // Data written while the flush was in flight may have been lost as well.
    stale = std::exchange(flushing_, {});
    stale.add(std::exchange(written_, {}));
    limit(stale);
    stale_.add(stale);
    limit(stale_);
    cache_loss_generation_ = cache_loss_generation;
  }
  flushing_.clear();
  return stale;
}

RangeSet DirtyRanges::take_stale() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(stale_, {});
}

}  // namespace san::copy
