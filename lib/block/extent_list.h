// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Builds the result of ReadableDevice::extents() from the extents of a format or a server in its own units:
/// neighbours of the same kind are joined, and a block that is zeros only in part is data.
class ExtentList {
 public:
  /// Starts a list for [offset, offset + length), in blocks of `block` bytes. It holds at most `most` extents
  /// (4 or more); beyond that the last one is unknown up to the end.
  ExtentList(std::uint64_t offset, std::uint64_t length, std::uint32_t block, std::size_t most = 4096)
      : at_(offset), cursor_(offset), end_(offset + length), block_(block), most_(most) {}

  /// Adds an extent from the end of the last one up to `end`, cut to the range.
  void add(std::uint64_t end, bool zero);
  /// True if the range is covered, or there are enough extents.
  bool full() const { return at_ >= end_ || extents_.size() + 4 > most_; }
  /// Returns the offset at which the next extent begins.
  std::uint64_t at() const { return at_; }
  /// Returns the extents; the part of the range that was not added is unknown. The list must not be used
  /// afterwards.
  std::vector<Extent> take();

 private:
  void push(std::uint64_t end, Extent::Kind kind);

  std::uint64_t at_, cursor_, end_;
  std::uint32_t block_;
  std::size_t most_;
  std::vector<Extent> extents_;
};

}  // namespace san
