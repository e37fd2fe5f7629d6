// SPDX-License-Identifier: Apache-2.0
#include "picture/occupancy.h"

#include <algorithm>

namespace san::picture {
namespace {

// Wide enough for any number of bytes times any number of buckets.
__extension__ using Wide = unsigned __int128;

}  // namespace

Occupancy::Occupancy(std::uint64_t offset, std::uint64_t length, std::size_t buckets)
    : offset_(offset), length_(length), taken_(std::min<std::uint64_t>(buckets, length)) {}

std::uint64_t Occupancy::begin_of(std::size_t index) const {
  return static_cast<std::uint64_t>(Wide{length_} * index / taken_.size());
}

void Occupancy::add(std::uint64_t offset, std::uint64_t length) {
  const std::uint64_t skipped = offset < offset_ ? offset_ - offset : 0;
  if (taken_.empty() || skipped >= length) return;
  std::uint64_t at = offset + skipped - offset_;
  if (at >= length_) return;
  const std::uint64_t end = at + std::min(length - skipped, length_ - at);
  total_ += end - at;
  // The bucket of a byte: the last one that begins at it or before.
  auto index = static_cast<std::size_t>(Wide{at} * taken_.size() / length_);
  while (index + 1 < taken_.size() && begin_of(index + 1) <= at) ++index;
  while (at < end) {
    const std::uint64_t stop = std::min(end, begin_of(index + 1));
    taken_[index++] += stop - at;
    at = stop;
  }
}

double Occupancy::share(double from, double to) const {
  if (taken_.empty()) return 0;
  const auto buckets = static_cast<double>(taken_.size());
  const double first = std::clamp(from, 0.0, 1.0) * buckets, last = std::clamp(to, 0.0, 1.0) * buckets;
  double weight = 0, sum = 0;
  for (auto i = static_cast<std::size_t>(first); i < taken_.size() && static_cast<double>(i) < last; ++i) {
    const double part = std::min(last, static_cast<double>(i + 1)) - std::max(first, static_cast<double>(i));
    const std::uint64_t size = begin_of(i + 1) - begin_of(i);
    // Weights are only the parts that count, so that full buckets make exactly 1.
    if (part <= 0) continue;
    weight += part;
    sum += part * (taken_[i] >= size ? 1.0 : static_cast<double>(taken_[i]) / static_cast<double>(size));
  }
  return weight > 0 ? sum / weight : 0;
}

std::vector<std::uint64_t> Occupancy::parts(std::size_t count) const {
  std::vector<std::uint64_t> sums(std::min(count, taken_.size()));
  for (std::size_t i = 0; i < taken_.size() && !sums.empty(); ++i)
    sums[i * sums.size() / taken_.size()] += taken_[i];
  return sums;
}

}  // namespace san::picture
