// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "filesystem/image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

struct SwapImage : Image {
  explicit SwapImage(std::size_t page = 4096) : Image(page * 10) {
    put32(1024, 1);
    put32(1028, 7);
    put(1036, "0123456789abcdef");
    put(1052, "swap one");
    put(page - 10, "SWAPSPACE2");
  }
};

}  // namespace

TEST_CASE("swap: all but the header and what lies behind the last page") {
  for (const std::size_t page : {4096U, 16384U, 65536U}) {
    const FreeSpace space = SwapImage(page).read();
    CHECK(space.known);
    CHECK(space.type == "swap");
    CHECK(space.label == "swap one");
    CHECK(space.uuid == "30313233-3435-3637-3839-616263646566");
    CHECK(space.size == 8 * page);
    CHECK(space.free == std::vector<Range>{{page, 7 * page}});
  }
}

TEST_CASE("swap: a hibernated system, old versions and wrong sizes are copied whole") {
  for (const std::string_view magic : {"S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001"}) {
    SwapImage image;
    image.fill(4086, 10, 0);
    image.put(4086, magic);
    const FreeSpace space = image.read();
    CHECK_FALSE(space.known);
    CHECK(space.dirty);
    CHECK(space.type == "swap");
  }
  SwapImage old;
  old.put(4086, "SWAP-SPACE");
  CHECK_FALSE(old.read().known);
  SwapImage version;
  version.put32(1024, 2);
  CHECK_FALSE(version.read().known);
  SwapImage large;
  large.put32(1028, 10);
  CHECK_FALSE(large.read().known);
  large.put32(1028, 9);
  CHECK(large.read().known);
  large.put32(1028, 0xffffffff);
  CHECK_FALSE(large.read().known);
  large.put32(1028, 0);
  CHECK_FALSE(large.read().known);
}
