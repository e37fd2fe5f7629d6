// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "block/readable_device.h"
#include "core/range.h"

namespace san::copy {

/// A unit of work: at most one block of data, or a longer run of zeros. In bytes.
struct Piece {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool zero = false;
  bool operator==(const Piece&) const = default;
};

/// Cuts a range of a source into pieces, in order. Extents are queried window by window, so memory stays
/// small whatever the size of the disk. Pieces of data end at multiples of the block size; holes shorter than
/// kShortHole are read along with the data around them, because another read costs more than the zeros in it.
/// Not thread-safe.
class Plan {
 public:
  static constexpr std::uint64_t kWindow = std::uint64_t{1} << 30;      ///< bytes of a query of extents
  static constexpr std::uint64_t kShortHole = std::uint64_t{64} << 10;  ///< bytes
  static constexpr std::uint64_t kAlignment = 4096;                     ///< bytes

  /// Covers `range` of `source`, which must outlive it. A piece of data has `block` bytes at most. Runs
  /// of zeros begin and end at multiples of `alignment`, or with the range.
  Plan(ReadableDevice& source, const Range& range, std::uint64_t block, std::uint64_t alignment = kAlignment);

  /// Returns the next piece, and nothing at the end. Throws what ReadableDevice::extents() throws.
  std::optional<Piece> next();

 private:
  /// Queries the extents of the next window, and appends them to ready_.
  void look();
  /// Extends ready_ up to `end`.
  void add(std::uint64_t end, bool zero);

  ReadableDevice& source_;
  std::uint64_t at_, end_, block_, alignment_;
  std::deque<Piece> ready_;  ///< data of any length, and zeros
};

}  // namespace san::copy
