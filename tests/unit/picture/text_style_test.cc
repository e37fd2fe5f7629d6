// SPDX-License-Identifier: Apache-2.0
#include "picture/text_style.h"

#include <doctest/doctest.h>

using namespace san;

TEST_CASE("a small bar is never empty for a little, nor full for nearly all") {
  CHECK(small_bar(0, 10, false) == "..........");
  CHECK(small_bar(0.0001, 10, false) == "#.........");
  CHECK(small_bar(0.5, 10, false) == "#####.....");
  CHECK(small_bar(0.9999, 10, false) == "#########.");
  CHECK(small_bar(1, 10, false) == "##########");
  CHECK(small_bar(0, 4, true) == "····");
  CHECK(small_bar(0.0001, 4, true) == "▏···");
  CHECK(small_bar(0.5, 4, true) == "██··");
  CHECK(small_bar(0.9999, 4, true) == "███▉");
  CHECK(small_bar(1, 4, true) == "████");
}

TEST_CASE("colour stands around text only where it is wanted") {
  CHECK(colored({80, false, true}, "31", "x") == "\x1b[31mx\x1b[0m");
  CHECK(colored({80, false, false}, "31", "x") == "x");
  CHECK(colored({80, false, true}, "", "x") == "x");
  CHECK(colored({80, false, true}, "31", "").empty());
}
