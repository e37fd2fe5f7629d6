// SPDX-License-Identifier: Apache-2.0
#include "block/memory_device.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/units.h"

using namespace san;
using Kind = Extent::Kind;

TEST_CASE("memory keeps what is written") {
  MemoryDevice device("memory", MiB, std::byte{0xA5});
  CHECK(device.name() == "memory");
  CHECK(device.size() == MiB);
  check_against_model(device, std::vector<std::byte>(MiB, std::byte{0xA5}), 1, 300);
  check_refuses_bad_ranges(device);
  CHECK_NOTHROW(flush_wait(device));
}

TEST_CASE("memory has the blocks it was given") {
  MemoryDevice device("memory", MiB, {}, 4096);
  CHECK(device.limits().logical_block == 4096);
  CHECK(device.limits().unmap_granularity == 4096);
  check_refuses_bad_ranges(device);
  std::vector<std::byte> small(512);
  CHECK(error_of([&] { read_wait(device, 512, small); }).has_value());
}

TEST_CASE("extents are unknown until they are set, and then clipped to the window") {
  MemoryDevice device("memory", 64 * KiB);
  using List = std::vector<Extent>;
  CHECK(device.extents(0, 64 * KiB) == List{{0, 64 * KiB, Kind::unknown}});
  CHECK(device.extents(4096, 0).empty());
  device.set_extents({{4096, 8192, Kind::zero}, {16384, 4096, Kind::data}});
  CHECK(device.extents(0, 64 * KiB) == List{{0, 4096, Kind::unknown},
                                            {4096, 8192, Kind::zero},
                                            {12288, 4096, Kind::unknown},
                                            {16384, 4096, Kind::data},
                                            {20480, 45056, Kind::unknown}});
  CHECK(device.extents(8192, 8704) ==
        List{{8192, 4096, Kind::zero}, {12288, 4096, Kind::unknown}, {16384, 512, Kind::data}});
  CHECK(device.extents(32768, 512) == List{{32768, 512, Kind::unknown}});
}

TEST_CASE("ranges read as people write them") {
  CHECK(format_range(400 * MiB, MiB) == "1.0 MiB at 400.0 MiB (bytes 419430400 to 420478975)");
  CHECK(format_range(512, 0) == "0 B at 512 B");
}
