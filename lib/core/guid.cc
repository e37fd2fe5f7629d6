// SPDX-License-Identifier: Apache-2.0
#include "core/guid.h"

namespace san {
namespace {

/// Index on the disk of each byte of the text, read from the left.
constexpr std::array<std::size_t, 16> kDiskOrder = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::size_t kTextLength = 36;
constexpr std::string_view kDigits = "0123456789abcdef";

constexpr bool is_dash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

std::string Guid::text() const {
  std::string out;
  out.reserve(kTextLength);
  for (const std::size_t index : kDiskOrder) {
    if (is_dash(out.size())) out += '-';
    out += kDigits[bytes[index] >> 4];
    out += kDigits[bytes[index] & 15];
  }
  return out;
}

std::optional<Guid> Guid::parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Guid guid;
  std::size_t position = 0;
  for (const std::size_t index : kDiskOrder) {
    if (is_dash(position) && text[position++] != '-') return std::nullopt;
    const auto high = digit(text[position]), low = digit(text[position + 1]);
    if (!high || !low) return std::nullopt;
    guid.bytes[index] = static_cast<std::uint8_t>(*high << 4 | *low);
    position += 2;
  }
  return guid;
}

Guid Guid::from_random(std::array<std::uint8_t, 16> random) {
  Guid guid{random};
  guid.bytes[7] = static_cast<std::uint8_t>((guid.bytes[7] & 0x0F) | 0x40);
  guid.bytes[8] = static_cast<std::uint8_t>((guid.bytes[8] & 0x3F) | 0x80);
  return guid;
}

}  // namespace san
