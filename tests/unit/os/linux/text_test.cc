// SPDX-License-Identifier: Apache-2.0
#include "os/linux/text.h"

#include <doctest/doctest.h>

using namespace san::os;

TEST_CASE("lines, words, assignments") {
  CHECK(without_blanks("  a b\t\r\n") == "a b");
  CHECK(blank_separated(" a\tb  c ") == std::vector<std::string>{"a", "b", "c"});
  const auto lines = config_lines("# x\n\n  a \nb");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].number == 3);
  CHECK(lines[0].text == "a");
  auto values = assignments("A=1\nexport B='x y' # no\nC=\"a\\\"b\"\nA=2\nnot this\nD = 3\n");
  CHECK(values["A"].value == "2");
  CHECK(values["A"].line == 4);
  CHECK(values["B"].value == "x y");
  CHECK(values["C"].value == "a\"b");
  CHECK(!values.contains("D "));
}

TEST_CASE("files with sections") {
  const auto values = ini_values("[a]\nx = 1\n; no\n[b]\ny=2 3\nz\n");
  REQUIRE(values.size() == 2);
  CHECK(values[0].section == "a");
  CHECK(values[0].key == "x");
  CHECK(values[1].value == "2 3");
  CHECK(values[1].line == 5);
}

TEST_CASE("command line of the kernel") {
  const CommandLine line("root=a quiet root=b \"x=1 2\" y=\"3 4\" rd.iscsi.firmware rd.iscsi.ibft=0");
  CHECK(line.last("root") == "b");
  CHECK(line.all("root") == std::vector<std::string>{"a", "b"});
  CHECK(line.last("x") == "1 2");
  CHECK(line.last("y") == "3 4");
  CHECK(line.has("quiet"));
  CHECK(!line.has("qui"));
  CHECK(line.enabled("rd.iscsi.firmware"));
  CHECK(!line.enabled("rd.iscsi.ibft"));
  CHECK(!line.enabled("none"));
}
