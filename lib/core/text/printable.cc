// SPDX-License-Identifier: Apache-2.0
#include "core/text/printable.h"

#include <algorithm>
#include <cstdint>

#include "core/utf8.h"

namespace san {
namespace {

/// True for C0, DEL and C1: some terminals take U+009B for ESC [.
bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

/// True for invisible characters with an effect: those of UAX #9 and UAX #14, the byte order mark, and tags
/// (Unicode 15, 23.9). Joiners are not among them: some scripts write names with them.
bool is_hidden(std::uint32_t point) {
  struct PointRange {
    std::uint32_t first, last;
  };
  constexpr PointRange kHidden[] = {{0x061C, 0x061C}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},
                                    {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
  return std::ranges::any_of(kHidden,
                             [&](const PointRange& r) { return point >= r.first && point <= r.last; });
}

}  // namespace

Printable Printable::behind(std::size_t bytes) const {
  return Printable(text_.substr(std::min(bytes, text_.size())));
}

Printable Printable::trimmed() const {
  return Printable(text_.substr(0, text_.find_last_not_of(' ') + 1));
}

std::vector<Printable> Printable::lines() const {
  std::vector<Printable> out;
  for (std::size_t at = 0; at <= text_.size();) {
    const std::size_t end = std::min(text_.find('\n', at), text_.size());
    out.push_back(Printable(text_.substr(at, end - at)));
    at = end + 1;
  }
  return out;
}

Printable& Printable::operator+=(PrintablePart more) {
  text_ += more.text();
  return *this;
}

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Utf8Character c = first_character(text);
    const bool raw = c.bytes == 0 || is_control(c.point);
    if (raw)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    else if (is_hidden(c.point))
      out += c.point > 0xFFFF ? fmt::format("\\U{:08x}", c.point) : fmt::format("\\u{:04x}", c.point);
    else
      out += text.substr(0, c.bytes);
    text.remove_prefix(raw ? 1 : c.bytes);
  }
  return out;
}

Printable as_printable(std::string_view text) {
  return Printable(printable(text));
}

Printable printable_lines(std::string_view text) {
  Printable out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out += as_printable(text.substr(0, end));
    if (end < text.size()) out += "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Printable printable_json(std::string_view document) {
  std::string out;
  while (!document.empty()) {
    const Utf8Character c = first_character(document);
    if (c.bytes == 0)
      out += "\\ufffd";
    else if (c.point != '\n' && (is_control(c.point) || is_hidden(c.point)))
      // RFC 8259, 7: beyond U+FFFF a pair of surrogates.
      out += c.point > 0xFFFF
                 ? fmt::format("\\u{:04x}\\u{:04x}", 0xD7C0 + (c.point >> 10), 0xDC00 | (c.point & 0x3FF))
                 : fmt::format("\\u{:04x}", c.point);
    else
      out += document.substr(0, c.bytes);
    document.remove_prefix(std::max<std::size_t>(c.bytes, 1));
  }
  return Printable(std::move(out));
}

Printable repeated(PrintablePart text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text.text();
  return Printable(std::move(out));
}

}  // namespace san
