// SPDX-License-Identifier: Apache-2.0
#include "report/disk/content_color.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace san;
using namespace san::report;

TEST_CASE("contents of a kind share a colour") {
  CHECK(hue_of("ext4") == hue_of("ext2"));
  CHECK(hue_of("xfs v5") == Hue::xfs);
  CHECK(hue_of("fat12") == hue_of("exfat"));
  CHECK(hue_of("luks") == Hue::layered);
  CHECK(hue_of("unknown") == Hue::unknown);
  CHECK(hue_of("something new") == Hue::other);
  CHECK(hue_of("") == Hue::other);
}

TEST_CASE("every hue has its own name and colours for day and night") {
  std::set<std::string> names, light, dark;
  for (const Hue hue : kHues) {
    names.insert(style_of(hue).name);
    light.insert(style_of(hue).light);
    dark.insert(style_of(hue).dark);
  }
  CHECK(names.size() == std::size(kHues));
  CHECK(light.size() == std::size(kHues));
  CHECK(dark.size() == std::size(kHues));
}
