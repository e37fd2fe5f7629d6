// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/free_ranges.h"

#include <algorithm>

#include "filesystem/volume/volume.h"

namespace san {

FreeRanges::FreeRanges(const FreeSpaceOptions& options)
    : min_run_(std::max<std::uint64_t>(options.min_run, 1)),
      max_ranges_(std::max<std::size_t>(options.max_ranges, 1)) {}

void FreeRanges::add(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  if (offset < run_.end()) throw_inconsistent("list of free space", "two free ranges overlap");
  if (offset > run_.end() || run_.length == 0) {
    store();
    run_ = {offset, 0};
  }
  run_.length += length;
  total_ += length;
}

void FreeRanges::store() {
  if (run_.length < min_run_) return;
  ranges_.push_back(run_);
  while (ranges_.size() > max_ranges_) {
    min_run_ *= 2;
    std::erase_if(ranges_, [this](const ByteRange& range) { return range.length < min_run_; });
  }
}

std::vector<ByteRange> FreeRanges::take(std::uint64_t base) {
  store();
  run_ = {};
  for (ByteRange& range : ranges_) range.offset += base;
  ranges_.shrink_to_fit();
  return std::move(ranges_);
}

void Reserved::add(std::uint64_t first, std::uint64_t count) {
  if (count == 0) return;
  // Metadata of neighbouring groups mostly adjoins, each kind its own (flex_bg): merging here keeps the list
  // short before it is sorted.
  constexpr std::ptrdiff_t kRecent = 8;
  const auto recent = ranges_.end() - std::min(std::ssize(ranges_), kRecent);
  const auto before =
      std::find_if(recent, ranges_.end(), [&](const ByteRange& range) { return range.end() == first; });
  if (before != ranges_.end())
    before->length += count;
  else
    ranges_.push_back({first, count});
}

void Reserved::sort() {
  std::sort(ranges_.begin(), ranges_.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.offset < b.offset; });
  std::size_t kept = 0;
  for (const ByteRange& range : ranges_) {
    if (kept > 0 && range.offset <= ranges_[kept - 1].end()) {
      ByteRange& last = ranges_[kept - 1];
      last.length = std::max(last.end(), range.end()) - last.offset;
    } else {
      ranges_[kept++] = range;
    }
  }
  ranges_.resize(kept);
}

std::vector<ByteRange>::const_iterator Reserved::after(std::uint64_t first) const {
  return std::upper_bound(ranges_.begin(), ranges_.end(), first,
                          [](std::uint64_t value, const ByteRange& range) { return value < range.end(); });
}

bool Reserved::touches(std::uint64_t first, std::uint64_t count) const {
  const auto range = after(first);
  return count > 0 && range != ranges_.end() && range->offset < first + count;
}

}  // namespace san
