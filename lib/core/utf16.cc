// SPDX-License-Identifier: Apache-2.0
#include "core/utf16.h"

#include <fmt/core.h>

#include <cstdint>

namespace san {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
}

bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

/// True for line and paragraph separators and the directional formatting characters of UAX 9.
bool is_layout(std::uint32_t c) {
  return c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x061C;
}

}  // namespace

std::string utf16_to_printable(std::span<const le16> units) {
  std::string out;
  for (std::size_t i = 0; i < units.size() && units[i] != 0; ++i) {
    std::uint32_t c = units[i];
    if (c >= 0xD800 && c < 0xE000) {
      const std::uint32_t low = i + 1 < units.size() ? std::uint32_t{units[i + 1]} : 0;
      if (c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        ++i;
      } else {
        c = kReplacement;
      }
    }
    if (is_control(c))
      out += fmt::format("\\x{:02x}", c);
    else if (is_layout(c))
      out += fmt::format("\\u{:04x}", c);
    else
      append_utf8(out, c);
  }
  return out;
}

}  // namespace san
