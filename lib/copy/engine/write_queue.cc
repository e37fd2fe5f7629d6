// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/write_queue.h"

#include <algorithm>
#include <map>

namespace san {

std::shared_ptr<const Block> WriteQueue::hold(const std::shared_ptr<const Block>& block) {
  held_ += block->length;
  return {block.get(), [this, own = block](const Block*) mutable {
            const std::uint64_t length = own->length;
            own.reset();
            held_ -= length;
          }};
}

void WriteQueue::leave_out(std::uint64_t offset, std::uint64_t length) {
  if (!left_out_.empty() && left_out_.back().second == offset)
    left_out_.back().second += length;
  else
    left_out_.emplace_back(offset, offset + length);
}

std::vector<QueuedRange> merge(const std::vector<WriteQueue::Ranges>& lists) {
  // Every offset at which ranges begin or end, with the numbers of their lists.
  std::map<std::uint64_t, std::vector<std::size_t>> turns;
  for (std::size_t i = 0; i < lists.size(); ++i)
    for (const auto& [begin, end] : lists[i]) {
      turns[begin].push_back(i);
      turns[end].push_back(i);
    }
  std::vector<QueuedRange> result;
  std::vector<bool> inside(lists.size());
  for (auto turn = turns.begin(); turn != turns.end(); ++turn) {
    for (const std::size_t i : turn->second) inside[i] = !inside[i];
    QueuedRange segment{turn->first, 0, {}};
    for (std::size_t i = 0; i < lists.size(); ++i)
      if (inside[i]) segment.queues.push_back(i);
    if (segment.queues.empty()) continue;
    segment.end = std::next(turn)->first;
    result.push_back(std::move(segment));
  }
  return result;
}

}  // namespace san
