// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/lazy.h"

#include <doctest/doctest.h>

using namespace san;
using preflight::Lazy;

TEST_CASE("Lazy: made once, and the same error each time") {
  int made = 0;
  Lazy<int> value;
  CHECK(value.get([&] { return ++made; }) == 1);
  CHECK(value.get([&] { return ++made; }) == 1);
  Lazy<int> broken;
  for (int i = 0; i < 2; ++i) {
    CHECK_THROWS_WITH_AS(broken.get([&]() -> int {
      ++made;
      throw Error(Exit::failed, "x", "cannot be read");
    }),
                         "x: cannot be read", Error);
  }
  CHECK(made == 2);
}
