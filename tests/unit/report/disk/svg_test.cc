// SPDX-License-Identifier: Apache-2.0
#include "report/disk/svg.h"

#include <doctest/doctest.h>

using namespace san;
using namespace san::report;

TEST_CASE("text is escaped and holds only characters of XML") {
  CHECK(xml_text("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
  CHECK(xml_text(std::string_view("\0\x01\x1b", 3)) == "\\x00\\x01\\x1b");
  CHECK(xml_text("\xef\xbf\xbf.\xef\xbf\xbe") == "\xef\xbf\xbd.\xef\xbf\xbd");
  CHECK(xml_text("\xc3\xa9") == "\xc3\xa9");
  CHECK(xml_text("\xff") == "\\xff");
}

TEST_CASE("elements") {
  CHECK(svg_number(12) == "12");
  CHECK(svg_number(12.55) == "12.6");
  CHECK(svg_number(-0.01) == "0");
  CHECK(svg_rect("a b", 1, 2.5, 3, 4) ==
        "<rect class=\"a b\" x=\"1\" y=\"2.5\" width=\"3\" height=\"4\"/>\n");
  CHECK(svg_rect("a", 1, 2, 3, 4, 5).find(" rx=\"5\"") != std::string::npos);
  CHECK(svg_text("a", 1, 2, "x<y") == "<text class=\"a\" x=\"1\" y=\"2\">x&lt;y</text>\n");
  CHECK(svg_text("a", 1, 2, "").empty());
}

TEST_CASE("text is cut and broken by its estimated width") {
  CHECK(svg_clipped("short", 100, 10) == "short");
  CHECK(svg_clipped("a long text that does not fit", 60, 10) == "a long te…");
  CHECK(svg_clipped("x", -5, 10).empty());
  CHECK(svg_lines("one two three", 45, 10) == std::vector<std::string>{"one two", "three"});
  CHECK(svg_width("ab", 10) > svg_width("a", 10));
}
