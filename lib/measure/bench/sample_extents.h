// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "block/readable_device.h"
#include "core/range.h"

namespace san::measure {

/// Ranges of a device that are measured, addressed as if they were one range from 0 on.
class SampleExtents {
 public:
  /// Content of the ranges, which decides if reading them measures anything.
  enum class Kind {
    data,     ///< the device reports that they were written, or they are known to have been
    unknown,  ///< the device does not report it, but samples of them were not all zeros
    zeros,    ///< never written, or all samples were zeros: the target may return these without its disks
  };

  /// Covers all of [0, length) of a device.
  SampleExtents(std::uint64_t length, Kind kind);
  /// Returns the ranges of `device` that it reports as data, or all of it if these are fewer than 16 MiB; at
  /// most kMaxBytes. Stops asking after `timeout`, and sampling after as long again. Throws what
  /// ReadableDevice::extents() and reads throw.
  static SampleExtents readable(ReadableDevice& device, std::chrono::milliseconds timeout);

  /// Returns the bytes of all ranges together.
  std::uint64_t length() const { return length_; }
  Kind kind() const { return kind_; }
  /// Returns the offset on the device for a request of `request` bytes at position `at`, which is below
  /// length(). It may be a little smaller than that of `at`, so that the request does not leave its range.
  std::uint64_t offset(std::uint64_t at, std::uint64_t request) const;

  static constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 30;  ///< of all ranges together
  /// Bytes of the shortest range that is kept: the largest request.
  static constexpr std::uint64_t kMinLength = std::uint64_t{1} << 20;

 private:
  SampleExtents() = default;
  struct Part {
    std::uint64_t position;  ///< of its first byte
    Range range;
  };
  void add(const Range& range);

  std::vector<Part> parts_;
  std::uint64_t length_ = 0;
  Kind kind_ = Kind::unknown;
};

/// Returns "data", "unknown" or "zeros".
const char* to_string(SampleExtents::Kind kind);

}  // namespace san::measure
