// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/free_ranges.h"

#include <algorithm>

#include "filesystem/volume/volume.h"

namespace san::filesystem {

FreeRanges::FreeRanges(const FreeSpaceOptions& options)
    : min_run_(std::max<std::uint64_t>(options.min_run, 1)),
      max_ranges_(std::max<std::size_t>(options.max_ranges, 1)) {}

void FreeRanges::add(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  if (offset < run_.end()) throw_inconsistent("list of free space", "two free ranges overlap");
  if (!run_.append({offset, length})) {
    store();
    run_ = {offset, length};
  }
  total_ += length;
}

void FreeRanges::store() {
  if (run_.length < min_run_) return;
  ranges_.push_back(run_);
  while (ranges_.size() > max_ranges_) {
    min_run_ *= 2;
    std::erase_if(ranges_, [this](const Range& range) { return range.length < min_run_; });
  }
}

std::vector<Range> FreeRanges::take(std::uint64_t base) {
  store();
  run_ = {};
  for (Range& range : ranges_) range.offset += base;
  ranges_.shrink_to_fit();
  return std::move(ranges_);
}

}  // namespace san::filesystem
