// SPDX-License-Identifier: Apache-2.0
#include "report/disk/svg.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text/terminal.h"

namespace san::report {
namespace {

/// Width of a letter of a common sans-serif font, as a part of its size: rather much, so that nothing runs
/// into what is beside it.
constexpr double kLetter = 0.58;

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  const std::string safe = shown(text, true);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    switch (const char c = safe[i]; c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        // U+FFFE and U+FFFF, which are no characters of XML.
        if (const std::string_view three = std::string_view(safe).substr(i, 3);
            three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf") {
          out += "\xef\xbf\xbd";
          i += 2;
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string svg_number(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string svg_rect(std::string_view css_class, double x, double y, double width, double height,
                     double radius) {
  return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}/>\n", css_class,
                     svg_number(x), svg_number(y), svg_number(width), svg_number(height),
                     radius > 0 ? fmt::format(" rx=\"{}\"", svg_number(radius)) : "");
}

std::string svg_text(std::string_view css_class, double x, double y, std::string_view text) {
  if (text.empty()) return {};
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", css_class, svg_number(x),
                     svg_number(y), xml_text(text));
}

double svg_width(std::string_view text, double size) {
  return static_cast<double>(columns(shown(text, true))) * size * kLetter;
}

std::string svg_clipped(std::string_view text, double width, double size) {
  return clipped(shown(text, true), static_cast<std::size_t>(std::max(0.0, width / (size * kLetter))), true);
}

std::vector<std::string> svg_lines(std::string_view text, double width, double size) {
  const Printable wide = wrapped("", shown(text, true), static_cast<std::size_t>(width / (size * kLetter)));
  std::vector<std::string> lines;
  for (const Printable& line : wide.lines()) lines.push_back(line);
  lines.pop_back();  // what is behind the last line feed
  return lines;
}

}  // namespace san::report
