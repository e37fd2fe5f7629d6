// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "block/device_filter.h"

namespace san {

/// The front of a device as if it were all of it: a clone on a larger disk, without the former
/// content of that disk.
class FrontDevice final : public ReadableFilter {
 public:
  /// Shows the first `size` bytes (whole logical blocks) of `below`, which must outlive it and be at least as
  /// large.
  FrontDevice(ReadableDevice& below, std::uint64_t size) : ReadableFilter(below), size_(size) {}

  std::uint64_t size() const override { return size_; }
  std::uint64_t content_size() const override { return std::min(size_, below_.content_size()); }

 private:
  const std::uint64_t size_;
};

}  // namespace san
