// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// The tags of a page or picture, one a line, without the texts between them; comments and declarations are
/// tags, too.
inline std::string tags_of(std::string_view markup) {
  std::string tags;
  for (std::size_t at = 0; (at = markup.find('<', at)) != std::string_view::npos;) {
    const std::size_t end = markup.find('>', at);
    tags += std::string(markup.substr(at, end == std::string_view::npos ? end : end + 1 - at)) + "\n";
    if (end == std::string_view::npos) break;
    at = end;
  }
  return tags;
}

/// Whether it is UTF-8 without the characters that XML 1.0, 2.2 excludes.
inline bool is_xml_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    if ((byte < 0x20 && byte != '\n') || byte == 0x7F || (byte >= 0x80 && byte < 0xC2) ||
        i + length > text.size())
      return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    if (const auto one = text.substr(i, length); one == "\u202e") return false;
    i += length;
  }
  return true;
}
