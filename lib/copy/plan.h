// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "block/device.h"

namespace san {

/// A piece of work: at most one block of data, or a longer run of zeros.
struct Piece {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool zero = false;
  bool operator==(const Piece&) const = default;
};

/// Cuts a range of a source into pieces, in order. Extents are asked for window by window, so memory stays
/// small whatever the size of the disk. Pieces of data end at multiples of the block size; short holes are
/// read along with the data around them, because a read costs more than the zeros in it.
class Plan {
 public:
  static constexpr std::uint64_t kWindow = std::uint64_t{1} << 30;
  static constexpr std::uint64_t kShortHole = std::uint64_t{64} << 10;
  static constexpr std::uint64_t kAlignment = 4096;

  /// Of [begin, end) of `source`, which it keeps a reference to. `block` bytes a piece of data at most.
  Plan(Device& source, std::uint64_t begin, std::uint64_t end, std::uint64_t block);

  /// The next piece; nothing at the end. Throws what Device::extents throws.
  std::optional<Piece> next();

 private:
  void look();
  /// Extends ready_ up to `end`.
  void add(std::uint64_t end, bool zero);

  Device& source_;
  std::uint64_t at_, end_, block_;
  std::deque<Piece> ready_;  ///< data of any length, and zeros
};

}  // namespace san
