// SPDX-License-Identifier: Apache-2.0
#include "core/table.h"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "core/units.h"
#include "markup.h"
#include "nasty_strings.h"

using namespace san;

namespace {

Table luns() {
  Table table({{"lun", "LUN", Table::Align::right},
               {"size", "SIZE", Table::Align::right},
               {"vendor", "VENDOR"},
               {"thin", "THIN"}});
  table.add({std::uint64_t{1}, Bytes{40 * GiB}, std::string("IET"), true});
  table.add({std::uint64_t{10}, Bytes{512}, std::string("Über"), false});
  table.add({std::uint64_t{2}});
  return table;
}

}  // namespace

TEST_CASE("text is aligned, and no line ends in blanks") {
  CHECK(luns().text() ==
        "LUN      SIZE  VENDOR  THIN\n"
        "  1  40.0 GiB  IET     yes\n"
        " 10     512 B  Über    no\n"
        "  2         -  -       -\n");
  CHECK(luns().text("  ").starts_with("  LUN "));
}

TEST_CASE("JSON has the bare values and keeps the order of the columns") {
  CHECK(luns().json().dump() == R"([{"lun":1,"size":42949672960,"vendor":"IET","thin":true},)"
                                R"({"lun":10,"size":512,"vendor":"Über","thin":false},)"
                                R"({"lun":2,"size":null,"vendor":null,"thin":null}])");
}

TEST_CASE("an empty table is its headings and an empty array") {
  const Table table({{"a", "A"}, {"b", "B"}});
  CHECK(table.empty());
  CHECK(table.text() == "A  B\n");
  CHECK(table.json().dump() == "[]");
  CHECK(Table({}).text() == "\n");
}

TEST_CASE("a row with too many values loses them, an empty last cell leaves no blanks") {
  Table table({{"a", "A"}, {"b", "B"}});
  table.add({std::string("x"), std::string(""), std::string("surplus")});
  CHECK(table.text() == "A  B\nx\n");
  CHECK(table.json().dump() == R"([{"a":"x","b":""}])");
}

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
