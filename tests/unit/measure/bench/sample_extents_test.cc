// SPDX-License-Identifier: Apache-2.0
#include "measure/bench/sample_extents.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/units.h"
#include "devices/memory_device.h"

namespace san {

using namespace san::measure;
namespace {

constexpr std::chrono::milliseconds kTimeout{1000};

TEST_CASE("where data are") {
  MemoryDevice device("m", 128 * MiB);
  device.set_extents({{0, 10 * MiB, Extent::Kind::data},
                      {10 * MiB, 20 * MiB, Extent::Kind::zero},
                      {30 * MiB, 512 * KiB, Extent::Kind::data},  // too short
                      {30 * MiB + 512 * KiB, 512 * KiB, Extent::Kind::zero},
                      {31 * MiB + 512, 12 * MiB, Extent::Kind::data},
                      {43 * MiB + 512, 85 * MiB - 512, Extent::Kind::zero}});
  const SampleExtents places = SampleExtents::readable(device, kTimeout);
  CHECK(places.kind() == SampleExtents::Kind::data);
  CHECK(places.length() == 22 * MiB - 4096);
  CHECK(places.offset(0, 4096) == 0);
  CHECK(places.offset(10 * MiB, 4096) == 31 * MiB + 4096);
  for (std::uint64_t at = 0; at < places.length(); at += 64 * KiB) {
    const std::uint64_t offset = places.offset(at, MiB);
    const bool first = offset + MiB <= 10 * MiB;
    CHECK((first || (offset >= 31 * MiB + 512 && offset + MiB <= 43 * MiB + 512)));
  }
}

TEST_CASE("a device that does not tell is sampled") {
  MemoryDevice zeros("m", 64 * MiB);
  CHECK(SampleExtents::readable(zeros, kTimeout).kind() == SampleExtents::Kind::zeros);
  CHECK(SampleExtents::readable(zeros, kTimeout).length() == 64 * MiB);
  MemoryDevice data("m", 64 * MiB);
  std::fill(data.bytes().begin() + 30 * MiB, data.bytes().begin() + 34 * MiB, std::byte{1});
  CHECK(SampleExtents::readable(data, kTimeout).kind() == SampleExtents::Kind::unknown);
}

TEST_CASE("a device with next to no data says so") {
  MemoryDevice device("m", 64 * MiB);
  device.set_extents({{0, 2 * MiB, Extent::Kind::data}, {2 * MiB, 62 * MiB, Extent::Kind::zero}});
  CHECK(SampleExtents::readable(device, kTimeout).kind() == SampleExtents::Kind::zeros);
}

}  // namespace
}  // namespace san
