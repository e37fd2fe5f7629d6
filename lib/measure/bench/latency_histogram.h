// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <optional>

namespace san::measure {

/// Histogram of durations, in 8 KiB whatever their number: below 64 µs one bucket a microsecond, above it 32
/// buckets each time the duration doubles. So a percentile is at most 1/32 (3.1 %) too long, and never too
/// short. Durations of more than an hour count as an hour; least() and most() are exact. Not thread-safe.
class LatencyHistogram {
 public:
  using Duration = std::chrono::nanoseconds;

  void add(Duration value);
  /// Adds all durations of `other`.
  void add(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  /// Returns the shortest duration; nothing if there is none.
  std::optional<Duration> least() const;
  /// Returns the longest duration; nothing if there is none.
  std::optional<Duration> most() const;
  /// Returns the duration that `parts` of `whole` (99 of 100) do not exceed. Returns nothing if there are too
  /// few values: at least one of them has to be longer, so p99 needs 100.
  std::optional<Duration> percentile(std::uint64_t parts, std::uint64_t whole) const;

 private:
  static constexpr std::uint64_t kLinear = 64, kSteps = 32, kMaxLength = 3'600'000'000;  // µs
  /// Returns the number of the bucket for a duration.
  static constexpr std::size_t bucket(std::uint64_t microseconds);
  /// Returns the longest duration of a bucket in µs.
  static constexpr std::uint64_t top(std::size_t bucket);
  static constexpr std::size_t kBuckets =
      kLinear + kSteps * static_cast<std::size_t>(std::bit_width(kMaxLength) - std::bit_width(kLinear - 1));

  std::array<std::uint64_t, kBuckets> buckets_ = {};
  std::uint64_t count_ = 0;
  Duration least_ = Duration::max(), most_ = Duration::zero();
};

}  // namespace san::measure
