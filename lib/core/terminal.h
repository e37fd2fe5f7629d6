// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace san {

/// What can be drawn with.
struct Canvas {
  unsigned width = 80;  ///< columns
  bool utf8 = false;    ///< else ASCII
  bool color = false;
};

/// The canvas that standard output is. Width: COLUMNS where it is set, else the terminal's, else 80. UTF-8
/// where the locale of the environment says so. `color` is "always", "never", or "auto": on a terminal that
/// is not dumb, unless NO_COLOR is set.
Canvas canvas_of_stdout(const std::string& color);

/// Parameters of SGR (ECMA-48, 8.3.117).
namespace sgr {
inline constexpr std::string_view bold = "1", faint = "90", red = "1;31", green = "32", yellow = "33";
}

/// `text` in the colour whose SGR parameters these are, if `color`. A line feed at its end stays outside.
std::string painted(bool color, std::string_view sgr, std::string_view text);

/// `text` as it may stand on the canvas: what printable() escapes is escaped; without UTF-8 every other
/// character than ASCII becomes "?".
std::string shown(std::string_view text, bool utf8);

/// Columns that a text takes which shown() made: wide characters take two, combining ones none.
std::size_t columns(std::string_view text);

/// `text` in at most `width` columns, with "…" (or "~") at its end where it was cut.
std::string clipped(std::string_view text, std::size_t width, bool utf8);

/// `text` with spaces behind (or before) it up to `width` columns.
std::string padded(std::string_view text, std::size_t width, bool right = false);

/// Lines of at most `width` columns, broken at spaces; the first begins with `first`, the others with as many
/// spaces. A word that is too long has a line of its own. Each ends with a line feed.
std::string wrapped(std::string_view first, std::string_view text, std::size_t width = 79);

}  // namespace san
