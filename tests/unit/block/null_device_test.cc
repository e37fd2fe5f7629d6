// SPDX-License-Identifier: Apache-2.0
#include "block/null_device.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/units.h"

using namespace san;

TEST_CASE("the null device takes everything and gives zeros") {
  NullDevice device("null", 4 * TiB);
  CHECK(device.name() == "null");
  CHECK(device.size() == 4 * TiB);
  CHECK_FALSE(device.read_only());
  write_wait(device, TiB, random_bytes(4096, 1));
  CHECK(read_bytes(device, TiB, 4096) == std::vector<std::byte>(4096));
  zero_wait(device, 0, GiB);
  unmap_wait(device, 0, GiB);
  flush_wait(device);
  CHECK(device.extents(MiB, TiB) == std::vector<Extent>{{MiB, TiB, Extent::Kind::zero}});
  CHECK(device.extents(MiB, 0).empty());
  check_refuses_bad_ranges(device);
}
