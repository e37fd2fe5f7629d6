// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/latency_histogram.h"

#include <algorithm>

namespace san::measure {

constexpr std::size_t LatencyHistogram::bucket(std::uint64_t microseconds) {
  if (microseconds < kLinear) return microseconds;
  // The five bits behind the highest one choose the bucket among those of its power of two.
  const auto shift = static_cast<std::size_t>(std::bit_width(microseconds)) - 6;
  const std::uint64_t step = (microseconds >> shift) - kSteps;
  return kLinear + kSteps * (shift - 1) + step;
}

constexpr std::uint64_t LatencyHistogram::top(std::size_t bucket) {
  if (bucket < kLinear) return bucket;
  const std::size_t shift = (bucket - kLinear) / kSteps + 1, step = (bucket - kLinear) % kSteps;
  return ((kSteps + step + 1) << shift) - 1;
}

void LatencyHistogram::add(Duration value) {
  value = std::max(value, Duration::zero());
  const auto microseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(value).count());
  ++buckets_[bucket(std::min(microseconds, kMaxLength))];
  ++count_;
  least_ = std::min(least_, value);
  most_ = std::max(most_, value);
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  least_ = std::min(least_, other.least_);
  most_ = std::max(most_, other.most_);
}

std::optional<LatencyHistogram::Duration> LatencyHistogram::least() const {
  return count_ == 0 ? std::nullopt : std::optional(least_);
}

std::optional<LatencyHistogram::Duration> LatencyHistogram::most() const {
  return count_ == 0 ? std::nullopt : std::optional(most_);
}

std::optional<LatencyHistogram::Duration> LatencyHistogram::percentile(std::uint64_t parts,
                                                                       std::uint64_t whole) const {
  if (count_ == 0 || count_ * (whole - parts) < whole) return std::nullopt;
  const std::uint64_t rank = (count_ * parts + whole - 1) / whole;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    // One above: durations were cut to whole microseconds.
    if (seen >= rank) return std::min<Duration>(most_, std::chrono::microseconds(top(i) + 1));
  }
  return most_;
}

}  // namespace san::measure
