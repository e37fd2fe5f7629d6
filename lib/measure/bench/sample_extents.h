// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "block/device.h"

namespace san {

/// Which bytes of a device are measured, joined so that they can be counted through from 0 on.
class SampleExtents {
 public:
  /// Whether reading them means anything.
  enum class Kind {
    data,     ///< the device says that they were written, or they are known to have been
    unknown,  ///< the device does not tell, but samples of them were not all zeros
    zeros,    ///< never written, or zeros as far as was looked: the target may make them up without a disk
  };

  /// All of [0, length) of a device.
  SampleExtents(std::uint64_t length, Kind kind);
  /// What is worth reading of `device`: where it says that data are, else everything. Looks for `patience` at
  /// most and keeps at most kMaxBytes. Throws what Device::extents() and reads throw.
  static SampleExtents readable(Device& device, std::chrono::milliseconds timeout);

  /// Bytes in all.
  std::uint64_t length() const { return length_; }
  Kind kind() const { return kind_; }
  /// Where on the device the byte number `at` is, of a request that long; `at` is below length(). The request
  /// may begin a little earlier, so that it does not leave the range that it is in.
  std::uint64_t offset(std::uint64_t at, std::uint64_t request) const;

  static constexpr std::uint64_t kMaxBytes = std::uint64_t{16} << 30;
  static constexpr std::uint64_t kShortest = std::uint64_t{1} << 20;  ///< of a range: the largest request

 private:
  SampleExtents() = default;
  struct Range {
    std::uint64_t begin, offset, length;  ///< `begin`: its place in the count
  };
  void add(std::uint64_t offset, std::uint64_t length);

  std::vector<Range> ranges_;
  std::uint64_t length_ = 0;
  Kind kind_ = Kind::unknown;
};

/// "data", "unknown", "zeros".
const char* to_string(SampleExtents::Kind kind);

}  // namespace san
