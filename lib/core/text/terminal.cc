// SPDX-License-Identifier: Apache-2.0
#include "core/text/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include "core/utf8.h"

namespace san {
namespace {

constexpr unsigned kNarrowest = 40, kWidest = 400;

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): variables are never set
  return value != nullptr ? value : "";
}

unsigned width_of_stdout() {
  const std::string typed = variable("COLUMNS");
  unsigned width = 0;
  const auto [end, fault] = std::from_chars(typed.data(), typed.data() + typed.size(), width);
  if (fault != std::errc() || end != typed.data() + typed.size()) width = 0;
  if (winsize window = {}; width == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0)
    width = window.ws_col;
  return width == 0 ? 80 : std::clamp(width, kNarrowest, kWidest);
}

/// True if the locale is UTF-8: the first of these variables that is not empty counts (POSIX, 8.2). Only its
/// name is examined: on small systems the locale itself is often not installed.
bool locale_is_utf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (locale.empty()) locale = variable(name);
  std::ranges::transform(locale, locale.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

/// Decodes the character at the front of `text`; bytes that are not UTF-8 count as one character each.
Utf8Character character(std::string_view text) {
  const Utf8Character c = first_character(text);
  return c.bytes == 0 ? Utf8Character{static_cast<unsigned char>(text.front()), 1} : c;
}

struct PointRange {
  std::uint32_t first, last;
};

bool within(std::uint32_t point, const auto& ranges) {
  return std::ranges::any_of(ranges,
                             [&](const PointRange& r) { return point >= r.first && point <= r.last; });
}

/// Wide characters (UAX #11, W and F), in blocks.
constexpr PointRange kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},  {0xAC00, 0xD7A3},
                                {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},  {0xFFE0, 0xFFE6},
                                {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
constexpr PointRange kNoWidth[] = {{0x0300, 0x036F}, {0x200B, 0x200D}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}};

std::size_t columns_of(std::uint32_t point) {
  if (within(point, kNoWidth)) return 0;
  return within(point, kWide) ? 2 : 1;
}

std::size_t columns_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Character c = character(text);
    width += columns_of(c.point);
    text.remove_prefix(c.bytes);
  }
  return width;
}

}  // namespace

Canvas canvas_of_stdout(const std::string& color) {
  Canvas canvas{width_of_stdout(), locale_is_utf8(), color == "always"};
  if (color == "auto")
    canvas.color = isatty(STDOUT_FILENO) == 1 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  return canvas;
}

Printable painted(bool color, SourceText sgr, PrintablePart whole) {
  std::string_view text = whole.text();
  const bool line = text.ends_with('\n');
  if (line) text.remove_suffix(1);
  std::string out(text);
  if (color && !sgr.text().empty() && !text.empty()) out = fmt::format("\x1b[{}m{}\x1b[0m", sgr.text(), text);
  if (line) out += '\n';
  return Printable(std::move(out));
}

Printable shown(std::string_view text, bool utf8) {
  const std::string safe = printable(text);
  std::string out;
  for (std::string_view rest = safe; !rest.empty();) {
    const Utf8Character c = character(rest);
    if (c.point >= 0x80 && !utf8)
      out += '?';
    else
      out += rest.substr(0, c.bytes);
    rest.remove_prefix(c.bytes);
  }
  return Printable(std::move(out));
}

std::size_t columns(PrintablePart text) {
  return columns_of(text.text());
}

Printable clipped(PrintablePart part, std::size_t width, bool utf8) {
  if (columns(part) <= width) return Printable() + part;
  if (width == 0) return {};
  std::string out;
  std::size_t used = 0;
  for (std::string_view text = part.text(); !text.empty();) {
    const Utf8Character c = character(text);
    used += columns_of(c.point);
    if (used > width - 1) break;
    out += text.substr(0, c.bytes);
    text.remove_prefix(c.bytes);
  }
  return Printable(out + (utf8 ? "…" : "~"));
}

Printable padded(PrintablePart text, std::size_t width, bool right) {
  const Printable pad = repeated(" ", width - std::min(width, columns(text)));
  return right ? pad + text : Printable() + text + pad;
}

Printable wrapped(PrintablePart first, PrintablePart whole, std::size_t width) {
  const std::size_t indent = columns(first);
  std::string out, line(first.text());
  std::size_t used = indent;
  bool empty = true;
  for (std::string_view text = whole.text(); !text.empty();) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word.empty()) continue;
    const std::size_t here = columns_of(word);
    if (!empty && used + 1 + here > width) {
      out += line + "\n";
      line.assign(indent, ' ');
      used = indent;
      empty = true;
    }
    if (!empty) {
      line += ' ';
      ++used;
    }
    line += word;
    used += here;
    empty = false;
  }
  return Printable(out + line + "\n");
}

}  // namespace san
