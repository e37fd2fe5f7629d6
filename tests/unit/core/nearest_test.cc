// SPDX-License-Identifier: Apache-2.0
#include "core/nearest.h"

#include <doctest/doctest.h>

using san::nearest;

TEST_CASE("did you mean …?") {
  const std::vector<std::string> names = {"portal", "portals", "name", "lun", "reach"};
  CHECK(nearest("portal", names) == "portal");
  CHECK(nearest("portl", names) == "portal");
  CHECK(nearest("portalss", names) == "portals");
  CHECK(nearest("lnu", names) == "lun");
  CHECK(nearest("naem", names) == "name");
  CHECK(nearest("completely-else", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest("x", {}).empty());
}
