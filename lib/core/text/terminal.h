// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/text/printable.h"

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
inline constexpr SourceText bold = "1", faint = "90", red = "1;31", green = "32", yellow = "33";
}

/// `text` in the colour whose SGR parameters these are, if `color`. A line feed at its end stays outside.
Printable painted(bool color, SourceText sgr, PrintablePart text);

/// `text` as it may stand on the canvas: what printable() escapes is escaped; without UTF-8 every other
/// character than ASCII becomes "?".
Printable shown(std::string_view text, bool utf8);

/// Columns that a text without colours takes: wide characters take two, combining ones none.
std::size_t columns(PrintablePart text);

/// `text` in at most `width` columns, with "…" (or "~") at its end where it was cut.
Printable clipped(PrintablePart text, std::size_t width, bool utf8);

/// `text` with spaces behind (or before) it up to `width` columns.
Printable padded(PrintablePart text, std::size_t width, bool right = false);

/// Lines of at most `width` columns, broken at spaces; the first begins with `first`, the others with as many
/// spaces. A word that is too long has a line of its own. Each ends with a line feed.
Printable wrapped(PrintablePart first, PrintablePart text, std::size_t width = 79);

}  // namespace san
