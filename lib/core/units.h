// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace san {

struct Range;

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr std::uint64_t GiB = 1024 * MiB;
inline constexpr std::uint64_t TiB = 1024 * GiB;

/// Parses a size in bytes: decimal digits, an optional fraction, an optional unit K, M, G, T, P or E (powers
/// of 1024, in either case, optionally followed by "iB" or "B"): "512", "4K", "1.5G", "2TiB". Throws
/// Error(usage) about `what` for any other text, for a fraction of a byte, and beyond 2^64-1.
std::uint64_t parse_size(std::string_view text, std::string_view what);

/// Formats a size for people, with one decimal and the largest unit that leaves at least 1: "512 B", "4.0
/// KiB", "40.0 GiB".
std::string format_size(std::uint64_t bytes);

/// Formats a size as format_size() does, and adds the exact bytes if rounding hides some: "1.0 GiB
/// (1073742336 bytes)".
std::string format_size_exact(std::uint64_t bytes);

/// Formats a rate for people: "412.3 MiB/s".
std::string format_rate(double bytes_per_second);

/// Formats a duration for people: "0.4 s", "12 s", "3:05", "1:02:09".
std::string format_seconds(double seconds);

/// Formats a range of bytes of a device: "1.0 MiB at 400.0 MiB (bytes 419430400 to 420478975)".
std::string format_range(std::uint64_t offset, std::uint64_t length);
std::string format_range(const Range& range);

/// Rounds up to a multiple of `unit`, which must not be 0. Overflow is not checked.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// Rounds down to a multiple of `unit`, which must not be 0.
constexpr std::uint64_t round_down(std::uint64_t value, std::uint64_t unit) {
  return value / unit * unit;
}

}  // namespace san
