// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/write_queue.h"

#include <iterator>
#include <map>

namespace san::copy {

std::shared_ptr<const Block> WriteQueue::hold(const std::shared_ptr<const Block>& block) {
  held_ += block->length;
  return {block.get(), [this, own = block](const Block*) mutable {
            const std::uint64_t length = own->length;
            own.reset();
            ChangeSignal* const signal = signal_;
            held_ -= length;
            if (signal != nullptr) signal->notify();
          }};
}

std::vector<QueuedRange> merge(const std::vector<RangeSet>& sets) {
  // Every offset at which ranges begin or end, with the numbers of their sets.
  std::map<std::uint64_t, std::vector<std::size_t>> turns;
  for (std::size_t i = 0; i < sets.size(); ++i)
    for (const Range& range : sets[i]) {
      turns[range.offset].push_back(i);
      turns[range.end()].push_back(i);
    }
  std::vector<QueuedRange> result;
  std::vector<bool> inside(sets.size());
  for (auto turn = turns.begin(); turn != turns.end(); ++turn) {
    for (const std::size_t i : turn->second) inside[i] = !inside[i];
    QueuedRange segment;
    for (std::size_t i = 0; i < sets.size(); ++i)
      if (inside[i]) segment.queues.push_back(i);
    if (segment.queues.empty()) continue;
    segment.range = Range::between(turn->first, std::next(turn)->first);
    result.push_back(std::move(segment));
  }
  return result;
}

}  // namespace san::copy
