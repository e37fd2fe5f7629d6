// SPDX-License-Identifier: Apache-2.0
#include "core/text/table.h"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "core/units.h"

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
  CHECK(luns().text("  ").text().starts_with("  LUN "));
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

TEST_CASE("a cell with a line feed or colours in it stays a cell") {
  Table table({{"a", "A"}, {"b", "B"}});
  table.add({std::string("x\ny  z\x1b[31m"), std::uint64_t{1}});
  CHECK(table.text("  ") == "  A                  B\n  x\\x0ay  z\\x1b[31m  1\n");
}
