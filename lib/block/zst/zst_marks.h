// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/hash.h"

namespace san::zst {

// Two skippable frames (RFC 8878, 3.1.2), which every decompressor skips, around the frames of sanboot:
// without them a .zst stream that was cut off between two frames would be a valid one.

/// Length and hash of all content.
struct End {
  std::uint64_t length = 0;  ///< bytes
  Hash128 hash;
  bool operator==(const End&) const = default;
};

/// Makes the begin mark, the frame that announces an end mark.
std::vector<std::byte> begin_mark();
/// Makes the end mark for `end`.
std::vector<std::byte> end_mark(const End& end);

/// Length in bytes of the longer one, the end mark.
inline constexpr std::size_t kMarkSize = 48;

/// True if `frame` begins with the begin mark.
bool is_begin_mark(std::span<const std::byte> frame);
/// Reads the end mark that `frame` begins with. Returns nothing if it begins with anything else.
std::optional<End> read_end_mark(std::span<const std::byte> frame);

/// Returns the length in bytes of the skippable frame that `frame` begins with, including its header. Returns
/// nothing if it is none, or if there are fewer than 8 bytes.
std::optional<std::uint64_t> skippable_length(std::span<const std::byte> frame);

}  // namespace san::zst
