// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san::report {

// Elements of SVG 1.1, as strings. Coordinates are user units, written with at most one decimal.

/// Returns `text` as character data or attribute value: made printable by shown(), and escaped (XML 1.0, 2.2
/// and 2.4).
std::string xml_text(std::string_view text);

/// Formats a coordinate: "12", "12.5".
std::string svg_number(double value);

/// Returns a <rect> of a class.
std::string svg_rect(std::string_view css_class, double x, double y, double width, double height,
                     double radius = 0);

/// Returns a <text> of a class, which may set its anchor. `text` is escaped here.
std::string svg_text(std::string_view css_class, double x, double y, std::string_view text);

/// Cuts `text` to about `width` units at a font size of `size`, with a margin because fonts differ.
std::string svg_clipped(std::string_view text, double width, double size);

/// Returns the approximate width of `text`.
double svg_width(std::string_view text, double size);

/// Breaks `text` into lines of about `width`.
std::vector<std::string> svg_lines(std::string_view text, double width, double size);

}  // namespace san::report
