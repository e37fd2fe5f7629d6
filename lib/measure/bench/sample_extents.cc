// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/sample_extents.h"

#include <algorithm>

#include "block/zero_detection.h"
#include "core/units.h"

namespace san::measure {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint64_t kWindow = GiB, kAlignment = 4096;
constexpr unsigned kSamples = 64;

/// Returns true if samples spread over all of it are zeros.
bool samples_are_zeros(ReadableDevice& device, const SampleExtents& extents, Clock::time_point deadline) {
  std::vector<std::byte> buffer(std::max<std::uint64_t>(kAlignment, device.limits().logical_block));
  for (unsigned i = 0; i < kSamples && Clock::now() < deadline; ++i) {
    const std::uint64_t at = extents.length() / kSamples * i;
    read_wait(device, extents.offset(round_down(at, buffer.size()), buffer.size()), buffer);
    if (!all_zero(buffer)) return false;
  }
  return true;
}

}  // namespace

const char* to_string(SampleExtents::Kind kind) {
  switch (kind) {
    case SampleExtents::Kind::data:
      return "data";
    case SampleExtents::Kind::zeros:
      return "zeros";
    case SampleExtents::Kind::unknown:
      break;
  }
  return "unknown";
}

SampleExtents::SampleExtents(std::uint64_t length, Kind kind) : kind_(kind) {
  add({0, length});
}

void SampleExtents::add(const Range& range) {
  parts_.push_back({length_, range});
  length_ += range.length;
}

SampleExtents SampleExtents::readable(ReadableDevice& device, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  const std::uint64_t alignment = std::max<std::uint64_t>(kAlignment, device.limits().logical_block);
  SampleExtents data;
  data.kind_ = Kind::data;
  bool reported = false;
  for (std::uint64_t at = 0; at < device.size() && data.length_ < kMaxBytes && Clock::now() < deadline;) {
    const std::uint64_t window = std::min(kWindow, device.size() - at);
    for (const Extent& extent : device.extents(at, window)) {
      if (extent.kind != Extent::Kind::unknown) reported = true;
      if (extent.kind != Extent::Kind::data) continue;
      const std::uint64_t begin = round_up(extent.offset, alignment);
      const std::uint64_t end = round_down(extent.end(), alignment);
      if (end >= begin + kMinLength) data.add(Range::between(begin, end));
    }
    at += window;
    if (!reported) break;
  }
  // A few MiB would only measure the target's cache.
  if (data.length_ >= 16 * kMinLength) return data;
  SampleExtents all(std::min(kMaxBytes, round_down(device.size(), alignment)), Kind::unknown);
  if (all.length_ >= alignment && samples_are_zeros(device, all, deadline + timeout)) all.kind_ = Kind::zeros;
  return all;
}

std::uint64_t SampleExtents::offset(std::uint64_t at, std::uint64_t request) const {
  const auto behind = std::upper_bound(parts_.begin(), parts_.end(), at,
                                       [](std::uint64_t a, const Part& part) { return a < part.position; });
  const Part& part = *std::prev(behind);
  const std::uint64_t within = at - part.position;
  return part.range.offset + std::min(within, part.range.length - std::min(part.range.length, request));
}

}  // namespace san::measure
