// SPDX-License-Identifier: Apache-2.0
#include "block/extent_list.h"

#include <algorithm>

#include "core/units.h"

namespace san {

void ExtentList::add(std::uint64_t end, bool zero) {
  end = std::min(end, end_);
  if (full() || end <= at_) return;
  if (zero) {
    const std::uint64_t from = round_up(at_, block_), to = round_down(end, block_);
    if (from < to) {
      push(from, Extent::Kind::data);
      push(to, Extent::Kind::zero);
    }
  }
  at_ = end;
}

void ExtentList::push(std::uint64_t end, Extent::Kind kind) {
  if (end <= cursor_) return;
  if (!extents_.empty() && extents_.back().kind == kind)
    extents_.back().length += end - cursor_;
  else
    extents_.push_back({cursor_, end - cursor_, kind});
  cursor_ = end;
}

std::vector<Extent> ExtentList::take() {
  // A block of which only the front was added is unknown.
  push(at_ >= end_ ? end_ : round_down(at_, block_), Extent::Kind::data);
  push(end_, Extent::Kind::unknown);
  return std::move(extents_);
}

}  // namespace san
