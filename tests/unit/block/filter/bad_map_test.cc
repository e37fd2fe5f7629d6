// SPDX-License-Identifier: Apache-2.0
#include "block/filter/bad_map.h"

#include <doctest/doctest.h>

using namespace san;

TEST_CASE("bad map: every byte of the source is in it once") {
  const std::string front =
      "# Mapfile. Created by sanclone\n# current_pos  current_status  current_pass\n"
      "0x00000000     +               1\n#      pos        size  status\n";
  CHECK(bad_map(4096, {}, ReadSoFar::all) == front + "0x00000000  0x00001000  +\n");
  CHECK(bad_map(0x123456789000, {{0, 512}, {0x1000, 0x200}}, ReadSoFar::all) ==
        front +
            "0x00000000  0x00000200  -\n0x00000200  0x00000e00  +\n0x00001000  0x00000200  -\n"
            "0x00001200  0x123456787e00  +\n");
  CHECK(bad_map(1024, {{512, 512}}, ReadSoFar::all) ==
        front + "0x00000000  0x00000200  +\n0x00000200  0x00000200  -\n");
  const std::string some = bad_map(1024, {{512, 256}}, ReadSoFar::some);
  CHECK(some.find("0x00000000     ?               1\n") != std::string::npos);
  CHECK(some.ends_with("0x00000000  0x00000200  ?\n0x00000200  0x00000100  -\n0x00000300  0x00000100  ?\n"));
}
