// SPDX-License-Identifier: Apache-2.0
#include "core/text/printable.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/text/output.h"
#include "core/text/terminal.h"
#include "markup.h"
#include "nasty_strings.h"

using namespace san;

namespace {

// What was read somewhere cannot be printed as it is, nor become a part of what is printed.
template <class Text>
concept prints = requires(Text text) {
  print_text(text);
};
template <class Text>
concept is_added = requires(Text text, Printable all) {
  all += text;
};
template <class Text>
concept is_painted = requires(Text text) {
  painted(true, sgr::red, text);
};
template <class Text>
concept wraps = requires(Text text) {
  wrapped(text, "");
};

template <class Text>
constexpr bool refused = !std::is_constructible_v<Printable, Text> && !prints<Text> && !is_added<Text> &&
                         !is_painted<Text> && !wraps<Text>;
static_assert(refused<std::string> && refused<std::string_view> && refused<const char*>);
static_assert(refused<char*> && refused<std::vector<std::string>>);
static_assert(prints<Printable> && prints<SourceText> && is_added<Printable> && is_painted<Printable>);
// With text that is none it is none itself.
static_assert(std::same_as<decltype(Printable() + std::string()), std::string>);
static_assert(std::same_as<decltype(Printable() + "a" + Printable()), Printable>);

/// No byte that a terminal obeys, and no line feed.
bool is_one_line(const Printable& text) {
  return text.text().find('\n') == std::string::npos && printable(text.text()) == text.text();
}

}  // namespace

TEST_CASE("what could move the cursor is shown, not sent") {
  CHECK(printable("plain ~") == "plain ~");
  CHECK(printable("a\x1b[2Jb\n\x7f") == "a\\x1b[2Jb\\x0a\\x7f");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\x00b");
  CHECK(printable("naïve €𝄞") == "naïve €𝄞");
  // U+009B is ESC [ to some terminals, in UTF-8 and as a bare byte.
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\xc2\\x9b2J");
  CHECK(printable("\xc2\xa0") == "\xc2\xa0");
  CHECK(printable("\x9b") == "\\x9b");
}

TEST_CASE("what divides lines, turns the direction or hides is shown by its number") {
  CHECK(printable("a\u202eb") == "a\\u202eb");
  CHECK(printable("\u2028\u2029\u061c\u2066") == "\\u2028\\u2029\\u061c\\u2066");
  CHECK(printable("\ufeff\u200b\U000e0041") == "\\ufeff\\u200b\\U000e0041");
  CHECK(printable("\u200d\u0301") == "\u200d\u0301");  // joiners and marks belong to names
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const std::string safe = printable(text);
    CHECK(printable(safe) == safe);
    CHECK(is_xml_text(safe));
    CHECK(safe.find('\n') == std::string::npos);
  }
}

TEST_CASE("bytes that are not UTF-8 are shown as bytes") {
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");                    // cut off
  CHECK(printable("\xe2\x82z") == "\\xe2\\x82z");                  // broken off
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // behind U+10FFFF
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("\x80") == "\\x80");
}

TEST_CASE("format_text: whatever it is given stays on its line") {
  CHECK(format_text("{}: {} of {:.1f}, {:>3}|{:<3}|\n", "a\n", 1, 2.0, SourceText("b"), std::string("c")) ==
        "a\\x0a: 1 of 2.0,   b|c  |\n");
  CHECK(format_text("{}{}", painted(true, sgr::red, "x\n"), 'y') == "\x1b[1;31mx\x1b[0m\ny");
  CHECK(format_text("{}", '\x1b') == "\\x1b");
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    CHECK(is_one_line(format_text("{}", text)));
    CHECK(is_one_line(format_text("{}", std::string_view(text))));
    CHECK(is_one_line(format_text("{}", text.c_str())));
    CHECK(is_one_line(joined(std::vector<std::string>{text, text}, ", ")));
    CHECK(is_one_line(shown(text, false)));
    CHECK(is_one_line(clipped(as_printable(text), 20, true)));
    CHECK(format_text("{}", as_printable(text)) == as_printable(text));
  }
}

TEST_CASE("printable_lines: each line, and no other line feeds") {
  CHECK(printable_lines("a\n\n b\x1b\r\n") == "a\n\n b\\x1b\\x0d\n");
  CHECK(printable_lines("").empty());
}

TEST_CASE("printable_json: the same document, of which a terminal obeys nothing") {
  CHECK(printable_json("{\n  \"a\": \"\u202e\x7f\xc2\x9b\"\n}") ==
        "{\n  \"a\": \"\\u202e\\u007f\\u009b\"\n}");
  CHECK(printable_json("\"\U000e0041\"") == "\"\\udb40\\udc41\"");
  for (const std::string& text : nasty_strings()) {
    CAPTURE(text.substr(0, 80));
    const nlohmann::ordered_json document = {{"a", text}, {text, 1}};
    const std::string dump = document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    const Printable safe = printable_json(dump);
    CHECK(printable_lines(safe.text()) == safe);
    CHECK(nlohmann::ordered_json::parse(safe.text()) == nlohmann::ordered_json::parse(dump));
  }
}

TEST_CASE("pieces of printable text") {
  const Printable text = as_printable("ab") + "\n" + format_text("{}", 12);
  CHECK(text == "ab\n12");
  CHECK(text.lines() == std::vector<Printable>{as_printable("ab"), as_printable("12")});
  CHECK(Printable().lines().size() == 1);
  CHECK(text.behind(3) == "12");
  CHECK(text.behind(99).empty());
  CHECK(as_printable("a  ").trimmed() == "a");
  CHECK(as_printable("  ").trimmed().empty());
  CHECK(repeated("ab", 3) == "ababab");
  CHECK(joined(std::vector<int>{1, 2}, " ") == "1 2");
  CHECK("a" + as_printable("b") + "c" == "abc");
}
