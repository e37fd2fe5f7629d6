// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san {

// Elements of SVG 1.1, as strings. Coordinates are user units, written with at most one decimal.

/// `text` as character data or in an attribute: made printable as shown() does, and escaped (XML 1.0, 2.2
/// and 2.4).
std::string xml_text(std::string_view text);

/// A coordinate: "12", "12.5".
std::string svg_number(double value);

/// <rect> of a class.
std::string svg_rect(std::string_view css_class, double x, double y, double width, double height,
                     double radius = 0);

/// <text> of a class, which may set its anchor. `text` is escaped here.
std::string svg_text(std::string_view css_class, double x, double y, std::string_view text);

/// `text` cut to about `width` units at a font size of `size`: fonts differ, so some room is left.
std::string svg_clipped(std::string_view text, double width, double size);

/// About how wide `text` is.
double svg_width(std::string_view text, double size);

/// `text` in lines that are about `width` wide.
std::vector<std::string> svg_lines(std::string_view text, double width, double size);

}  // namespace san
