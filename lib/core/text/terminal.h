// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/text/printable.h"

namespace san {

/// Size and abilities of an output device.
struct Canvas {
  unsigned width = 80;  ///< columns
  bool utf8 = false;    ///< UTF-8 may be written; otherwise only ASCII
  bool color = false;
};

/// Determines the canvas of standard output. The width is COLUMNS if it is set, else the terminal's (both
/// limited to 40 to 400), else 80. UTF-8 is used if the locale of the environment has it. `color` is
/// "always", "never" or "auto": the last means on a terminal that is not dumb, unless NO_COLOR is set.
Canvas canvas_of_stdout(const std::string& color);

/// Parameters of SGR (ECMA-48, 8.3.117).
namespace sgr {
inline constexpr SourceText bold = "1", faint = "90", red = "1;31", green = "32", yellow = "33";
}

/// Colours `text` by the parameters `sgr` if `color` is true. A line feed at its end stays outside of the
/// colour.
Printable painted(bool color, SourceText sgr, PrintablePart text);

/// Escapes `text` for a canvas as printable() does; without UTF-8 every character outside of ASCII becomes
/// "?".
Printable shown(std::string_view text, bool utf8);

/// Counts the columns of a text without colours: wide characters take two, combining ones none.
std::size_t columns(PrintablePart text);

/// Cuts `text` to at most `width` columns, with "…" (or "~" without UTF-8) at its end if it was cut.
Printable clipped(PrintablePart text, std::size_t width, bool utf8);

/// Pads `text` to `width` columns with spaces at its end, or at its front if `right` is true.
Printable padded(PrintablePart text, std::size_t width, bool right = false);

/// Breaks `text` at spaces into lines of at most `width` columns. The first line begins with `first`, the
/// others with as many spaces. A word that is too long has a line of its own. Each line ends with a line
/// feed.
Printable wrapped(PrintablePart first, PrintablePart text, std::size_t width = 79);

}  // namespace san
