// SPDX-License-Identifier: Apache-2.0
#include "copy/plan.h"

#include <algorithm>

#include "core/units.h"

namespace san::copy {

Plan::Plan(ReadableDevice& source, const Range& range, std::uint64_t block, std::uint64_t alignment)
    : source_(source), at_(range.offset), end_(range.end()), block_(block), alignment_(alignment) {}

void Plan::look() {
  const std::uint64_t to = std::min(end_, round_up(at_ + 1, kWindow));
  for (const Extent& extent : source_.extents(at_, to - at_)) {
    // Destinations may have larger blocks than the file system with the hole.
    const std::uint64_t from = extent.offset == at_ ? at_ : round_up(extent.offset, alignment_);
    const std::uint64_t until = extent.end() == to ? to : round_down(extent.end(), alignment_);
    if (extent.kind != Extent::Kind::zero || until < from || until - from < kShortHole) continue;
    add(from, false);
    add(until, true);
  }
  add(to, false);
  at_ = to;
}

void Plan::add(std::uint64_t end, bool zero) {
  const std::uint64_t from = ready_.empty() ? at_ : ready_.back().offset + ready_.back().length;
  if (end <= from) return;
  if (!ready_.empty() && ready_.back().zero == zero)
    ready_.back().length += end - from;
  else
    ready_.push_back({from, end - from, zero});
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

}  // namespace san::copy
