// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/hash.h"

namespace san::zst {

// Two skippable frames (RFC 8878, 3.1.2), which every decompressor passes over, around what sanboot writes: a
// .zst stream that was cut off between two frames is a good one otherwise.

/// Of all content.
struct End {
  std::uint64_t length = 0;  ///< bytes
  Hash128 hash;
  bool operator==(const End&) const = default;
};

/// The frame that says: an end follows.
std::vector<std::byte> begin_mark();
/// The frame that is this end.
std::vector<std::byte> end_mark(const End& end);

/// The longest of both.
inline constexpr std::size_t kMarkSize = 48;

/// Whether `frame` begins with begin_mark().
bool is_begin_mark(std::span<const std::byte> frame);
/// What the mark of an end says that `frame` begins with; nothing where that is something else.
std::optional<End> read_end_mark(std::span<const std::byte> frame);

/// Bytes of the skippable frame that `frame` begins with, its header included; nothing where it is none, or
/// fewer than 8 bytes are there.
std::optional<std::uint64_t> skippable_length(std::span<const std::byte> frame);

}  // namespace san::zst
