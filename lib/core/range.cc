// SPDX-License-Identifier: Apache-2.0
#include "core/range.h"

namespace san {

RangeSet::RangeSet(std::initializer_list<Range> ranges) {
  for (const Range& range : ranges) add(range);
}

RangeSet::Ends::const_iterator RangeSet::after(std::uint64_t position) const {
  const auto next = ends_.upper_bound(position);
  if (next == ends_.begin()) return next;
  const auto before = std::prev(next);
  return before->second > position ? before : next;
}

void RangeSet::add(const Range& range) {
  if (range.empty()) return;
  std::uint64_t last = range.end();
  auto next = ends_.upper_bound(range.offset);
  const bool joins = next != ends_.begin() && std::prev(next)->second >= range.offset;
  const auto grown = joins ? std::prev(next) : ends_.emplace_hint(next, range.offset, last);
  last = std::max(last, grown->second);
  while (next != ends_.end() && next->first <= last) {
    last = std::max(last, next->second);
    next = ends_.erase(next);
  }
  grown->second = last;
}

void RangeSet::add(const RangeSet& other) {
  if (&other == this) return;
  for (const Range& range : other) add(range);
}

void RangeSet::remove(const Range& range) {
  if (range.empty()) return;
  auto at = ends_.upper_bound(range.offset);
  if (at != ends_.begin() && std::prev(at)->second > range.offset) --at;
  while (at != ends_.end() && at->first < range.end()) {
    const Range whole = Range::between(at->first, at->second);
    at = ends_.erase(at);
    if (whole.offset < range.offset) ends_.emplace_hint(at, whole.offset, range.offset);
    if (range.end() < whole.end()) ends_.emplace_hint(at, range.end(), whole.end());
  }
}

bool RangeSet::contains(const Range& range) const {
  if (range.empty()) return true;
  const auto at = after(range.offset);
  return at != ends_.end() && at->first <= range.offset && range.end() <= at->second;
}

bool RangeSet::overlaps(const Range& range) const {
  if (range.empty()) return false;
  const auto at = after(range.offset);
  return at != ends_.end() && at->first < range.end();
}

RangeSet RangeSet::intersection(const Range& range) const {
  RangeSet parts;
  for (auto at = after(range.offset); at != ends_.end() && at->first < range.end(); ++at)
    parts.add(range.intersection(Range::between(at->first, at->second)));
  return parts;
}

RangeSet RangeSet::intersection(const RangeSet& other) const {
  RangeSet parts;
  for (const Range& range : other) parts.add(intersection(range));
  return parts;
}

RangeSet RangeSet::gaps(const Range& range) const {
  RangeSet parts;
  std::uint64_t from = range.offset;
  for (auto at = after(from); at != ends_.end() && at->first < range.end(); ++at) {
    parts.add(Range::between(from, at->first));
    from = at->second;
  }
  parts.add(Range::between(from, range.end()));
  return parts;
}

std::uint64_t RangeSet::total() const {
  std::uint64_t sum = 0;
  for (const Range& range : *this) sum += range.length;
  return sum;
}

Range RangeSet::front() const {
  return *begin();
}

Range RangeSet::back() const {
  return Range::between(ends_.rbegin()->first, ends_.rbegin()->second);
}

}  // namespace san
