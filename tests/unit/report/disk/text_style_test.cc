// SPDX-License-Identifier: Apache-2.0
#include "report/disk/text_style.h"

#include <doctest/doctest.h>

using namespace san;
using namespace san::report;

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
