// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Puts together the answer of Device::extents() from what a format or a server tells in its own units:
/// neighbours of one kind become one, and what is zeros only in part of a block is data.
class ExtentList {
 public:
  /// Of [offset, offset + length), in blocks of `block` bytes. At most `most` extents (4 or more), the last
  /// of which is then unknown up to the end.
  ExtentList(std::uint64_t offset, std::uint64_t length, std::uint32_t block, std::size_t most = 4096)
      : at_(offset), cursor_(offset), end_(offset + length), block_(block), most_(most) {}

  /// From where the last one ended up to `end`, cut to the range.
  void add(std::uint64_t end, bool zero);
  /// Whether the range is covered, or there are enough extents.
  bool full() const { return at_ >= end_ || extents_.size() + 4 > most_; }
  /// Where the next one begins.
  std::uint64_t at() const { return at_; }
  /// What has not been told is unknown.
  std::vector<Extent> take();

 private:
  void push(std::uint64_t end, Extent::Kind kind);

  std::uint64_t at_, cursor_, end_;
  std::uint32_t block_;
  std::size_t most_;
  std::vector<Extent> extents_;
};

}  // namespace san
