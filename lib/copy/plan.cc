// SPDX-License-Identifier: Apache-2.0
#include "copy/plan.h"

#include <algorithm>

#include "core/units.h"

namespace san {

Plan::Plan(Device& source, std::uint64_t begin, std::uint64_t end, std::uint64_t block)
    : source_(source), at_(begin), end_(end), block_(block) {}

void Plan::look() {
  const std::uint64_t to = std::min(end_, round_up(at_ + 1, kWindow));
  for (const Extent& extent : source_.extents(at_, to - at_)) {
    const bool zero = extent.kind == Extent::Kind::zero && extent.length >= kShortHole;
    if (!ready_.empty() && ready_.back().zero == zero)
      ready_.back().length += extent.length;
    else
      ready_.push_back({extent.offset, extent.length, zero});
  }
  at_ = to;
}

std::optional<Piece> Plan::next() {
  while (ready_.empty() && at_ < end_) look();
  if (ready_.empty()) return std::nullopt;
  Piece& front = ready_.front();
  Piece piece = front;
  if (!front.zero) piece.length = std::min(front.length, round_up(front.offset + 1, block_) - front.offset);
  front.offset += piece.length;
  front.length -= piece.length;
  if (front.length == 0) ready_.pop_front();
  return piece;
}

}  // namespace san
