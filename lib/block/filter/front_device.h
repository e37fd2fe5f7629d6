// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "block/filter/source_filter.h"

namespace san {

/// The front of a device as if it were all of it, for reading: a clone on a larger disk, without the former
/// content of that disk.
class FrontDevice final : public SourceFilter {
 public:
  /// Shows the first `size` bytes (whole logical blocks) of `below`, which must outlive it and be at least as
  /// large.
  FrontDevice(Device& below, std::uint64_t size)
      : SourceFilter(below, "cannot be written: only its front is seen"), size_(size) {}

  std::uint64_t size() const override { return size_; }
  std::uint64_t content_size() const override { return std::min(size_, below_.content_size()); }
  void read(std::uint64_t offset, std::span<std::byte> into, Completion done) override {
    below_.read(offset, into, std::move(done));
  }

 private:
  const std::uint64_t size_;
};

}  // namespace san
