// SPDX-License-Identifier: Apache-2.0
#include "core/utf16.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace {

std::string convert(std::u16string_view text) {
  std::vector<san::le16> units;
  for (const char16_t unit : text) units.emplace_back(static_cast<std::uint16_t>(unit));
  return san::utf16_to_printable(units);
}

}  // namespace

TEST_CASE("UTF-16 of every length becomes UTF-8") {
  CHECK(convert(u"EFI") == "EFI");
  CHECK(convert(u"\u00e4\u20ac") == "\xc3\xa4\xe2\x82\xac");
  CHECK(convert(u"\U0001F600!") == "\xf0\x9f\x98\x80!");
  CHECK(convert(u"") == "");
}

TEST_CASE("a name ends at its first zero") {
  CHECK(convert(std::u16string_view(u"ab\0cd", 5)) == "ab");
}

TEST_CASE("halves of surrogate pairs do not make invalid UTF-8") {
  const char16_t high[] = {0xD83D}, low[] = {0xDE00, 'x'}, two[] = {0xD83D, 0xD83D, 0xDE00},
                 text[] = {0xD83D, 'a'};
  CHECK(convert({high, 1}) == "\xef\xbf\xbd");
  CHECK(convert({low, 2}) == "\xef\xbf\xbdx");
  CHECK(convert({two, 3}) == "\xef\xbf\xbd\xf0\x9f\x98\x80");
  CHECK(convert({text, 2}) ==
        "\xef\xbf\xbd"
        "a");
}

TEST_CASE("characters that would move the cursor or turn the text are shown") {
  CHECK(convert(u"\x1b[2J\x7f\x9b") == "\\x1b[2J\\x7f\\x9b");
  CHECK(convert(u"a\u202eb\u2066\u2028") == "a\\u202eb\\u2066\\u2028");
}
