// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/dirty_ranges.h"

#include <algorithm>
#include <iterator>

namespace san {
namespace {

Ranges ranges_of(const std::map<std::uint64_t, std::uint64_t>& map) {
  Ranges ranges;
  for (const auto& [begin, end] : map) ranges.emplace_back(begin, end - begin);
  return ranges;
}

}  // namespace

void DirtyRanges::add(Map& map, std::uint64_t begin, std::uint64_t end) {
  auto next = map.upper_bound(begin);
  if (next != map.begin() && std::prev(next)->second >= begin) {
    --next;
    begin = next->first;
  }
  while (next != map.end() && next->first <= end) {
    end = std::max(end, next->second);
    next = map.erase(next);
  }
  map.emplace_hint(next, begin, end);
  if (map.size() <= kMaxRanges) return;
  const std::uint64_t first = map.begin()->first, last = std::prev(map.end())->second;
  map.clear();
  map.emplace(first, last);
}

void DirtyRanges::written(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  const std::scoped_lock lock(mutex_);
  add(written_, offset, offset + length);
}

void DirtyRanges::begin_flush() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [begin, end] : written_) add(flushing_, begin, end);
  written_.clear();
}

Ranges DirtyRanges::flushed(std::uint64_t cache_loss_generation) {
  const std::scoped_lock lock(mutex_);
  Map stale;
  if (cache_loss_generation != cache_loss_generation_) {
    // Data written while the flush was in flight may have been lost as well.
    stale = flushing_;
    for (const auto& [begin, end] : written_) add(stale, begin, end);
    for (const auto& [begin, end] : stale) add(stale_, begin, end);
    written_.clear();
    cache_loss_generation_ = cache_loss_generation;
  }
  flushing_.clear();
  return ranges_of(stale);
}

Ranges DirtyRanges::take_stale() {
  const std::scoped_lock lock(mutex_);
  return ranges_of(std::exchange(stale_, {}));
}

}  // namespace san
