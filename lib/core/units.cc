// SPDX-License-Identifier: Apache-2.0
#include "core/units.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/error.h"
#include "core/range.h"

namespace san {
namespace {

constexpr std::string_view kUnits = "KMGTPE";

// Wide enough for any 64-bit number times 1024^6.
__extension__ using Wide = unsigned __int128;

[[noreturn]] void reject(std::string_view text, std::string_view what, const char* why) {
  throw Error(Exit::usage, std::string(what), fmt::format("\"{}\" {}", text, why),
              "sizes look like 512, 4K, 1M, 40G or 2T, in powers of 1024");
}

/// Returns the power of 1024 of the unit at the end of `text`, and removes the unit from `text`.
unsigned take_unit(std::string_view& text, std::string_view whole, std::string_view what) {
  std::string_view unit = text;
  while (!unit.empty() && (std::isdigit(static_cast<unsigned char>(unit.front())) || unit.front() == '.'))
    unit.remove_prefix(1);
  text.remove_suffix(unit.size());
  if (unit.empty() || unit == "B") return 0;
  const auto letter = static_cast<char>(std::toupper(static_cast<unsigned char>(unit.front())));
  const auto index = kUnits.find(letter);
  unit.remove_prefix(1);
  if (index == std::string_view::npos || (!unit.empty() && unit != "iB" && unit != "B"))
    reject(whole, what, "is not a size");
  return static_cast<unsigned>(index) + 1;
}

/// Returns the power of 1024 that `bytes` is printed in. 1023.95 and more would print as "1024.0" of the unit
/// below.
unsigned unit_of(std::uint64_t bytes) {
  unsigned power = 0;
  auto value = static_cast<double>(bytes);
  while (value >= (power == 0 ? 1024 : 1023.95) && power < kUnits.size()) {
    value /= 1024;
    ++power;
  }
  return power;
}

}  // namespace

std::uint64_t parse_size(std::string_view text, std::string_view what) {
  std::string_view digits = text;
  const unsigned power = take_unit(digits, text, what);
  Wide value = 0, scale = 1;
  bool any = false, fraction = false;
  for (const char c : digits) {
    if (c == '.') {
      if (fraction || !any) reject(text, what, "is not a size");
      fraction = true;
      continue;
    }
    any = true;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (fraction) scale *= 10;
    if (value >> 64 || scale > 1'000'000'000'000) reject(text, what, "is too large a number");
  }
  if (!any || digits.back() == '.') reject(text, what, "is not a size");
  value <<= 10U * power;
  if (value % scale != 0) reject(text, what, "is not a whole number of bytes");
  value /= scale;
  if (value >> 64) reject(text, what, "is too large a number");
  return static_cast<std::uint64_t>(value);
}

std::string format_size(std::uint64_t bytes) {
  const unsigned power = unit_of(bytes);
  if (power == 0) return fmt::format("{} B", bytes);
  return fmt::format("{:.1f} {}iB", static_cast<double>(bytes) / static_cast<double>(1ULL << (10U * power)),
                     kUnits[power - 1]);
}

std::string format_size_exact(std::uint64_t bytes) {
  const std::uint64_t unit = 1ULL << (10U * unit_of(bytes));
  // The rounded form has one decimal, so it hides nothing from a whole number of tenths.
  if (Wide{bytes} * 10 % unit == 0) return format_size(bytes);
  return fmt::format("{} ({} bytes)", format_size(bytes), bytes);
}

std::string format_rate(double bytes_per_second) {
  return format_size(static_cast<std::uint64_t>(std::min(std::max(0.0, bytes_per_second), 0x1p63))) + "/s";
}

std::string format_seconds(double seconds) {
  // A rate close to 0 gives a remaining time that does not fit an integer.
  seconds = std::min(std::max(0.0, seconds), 0x1p53);
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string format_range(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return fmt::format("0 B at {}", format_size(offset));
  return fmt::format("{} at {} (bytes {} to {})", format_size(length), format_size(offset), offset,
                     offset + length - 1);
}

std::string format_range(const Range& range) {
  return format_range(range.offset, range.length);
}

}  // namespace san
