// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/text.h"

#include <fmt/core.h>

#include "core/endian.h"

namespace san::filesystem {

std::string format_uuid(std::span<const std::byte> bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", std::to_integer<unsigned>(bytes[i]));
  }
  return text;
}

std::string fixed_text(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) {
    if (byte == std::byte{0}) break;
    text += static_cast<char>(byte);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string utf16_text(std::span<const std::byte> bytes) {
  std::string text;
  for (std::size_t at = 0; at + 2 <= bytes.size(); at += 2) {
    std::uint32_t code = *read_at<le16>(bytes, at);
    if (code >= 0xd800 && code < 0xe000) {
      std::uint32_t low = 0;
      if (at + 4 <= bytes.size()) low = *read_at<le16>(bytes, at + 2);
      if (code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 2;
      } else {
        code = 0xfffd;
      }
    }
    if (code < 0x80) {
      text += static_cast<char>(code);
    } else if (code < 0x800) {
      text += static_cast<char>(0xc0 | (code >> 6));
      text += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      text += static_cast<char>(0xe0 | (code >> 12));
      text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      text += static_cast<char>(0x80 | (code & 0x3f));
    } else {
      text += static_cast<char>(0xf0 | (code >> 18));
      text += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
      text += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
      text += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return text;
}

std::u16string utf16_units(const std::string& text) {
  std::u16string units;
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<std::uint8_t>(text[at++]);
    std::size_t more = 0;
    if (first >= 0xc2) more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    if (more == 0) {
      units += first < 0x80 ? static_cast<char16_t>(first) : u'\ufffd';
      continue;
    }
    std::uint32_t code = first & (0x3fU >> more);
    for (; more > 0 && at < text.size() && (static_cast<std::uint8_t>(text[at]) & 0xc0) == 0x80; --more)
      code = code << 6 | (static_cast<std::uint8_t>(text[at++]) & 0x3fU);
    if (more > 0 || code > 0x10ffff) code = 0xfffd;
    if (code >= 0x10000) {
      units += static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10));
      code = 0xdc00 + ((code - 0x10000) & 0x3ff);
    }
    units += static_cast<char16_t>(code);
  }
  return units;
}

}  // namespace san::filesystem
