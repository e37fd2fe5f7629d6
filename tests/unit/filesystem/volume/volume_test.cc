// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/volume.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "devices/memory_device.h"

using namespace san;
using namespace san::filesystem;

namespace {

std::byte pattern(std::uint64_t offset) {
  return std::byte{static_cast<std::uint8_t>(offset * 7 + (offset >> 9) + (offset >> 16))};
}

void paint(MemoryDevice& device) {
  for (std::size_t i = 0; i < device.size(); ++i) device.bytes()[i] = pattern(i);
}

}  // namespace

TEST_CASE("volume: any alignment, over any logical block, across cache lines") {
  for (const std::uint32_t block : {512U, 4096U}) {
    MemoryDevice device("disk", 3 * MiB, {}, block);
    paint(device);
    Limits limits = device.limits();
    limits.max_transfer = 16 * KiB;
    device.set_limits(limits);
    Volume volume(device, 63 * 512, 2 * MiB + 512);
    CHECK(volume.size() == 2 * MiB + 512);
    std::vector<std::byte> bytes;
    for (const std::uint64_t offset : {0ULL, 1ULL, 511ULL, 33279ULL, 65535ULL, 1048576ULL, 2097663ULL}) {
      for (const std::uint64_t size : {1ULL, 2ULL, 700ULL, 200000ULL}) {
        if (!volume.contains(offset, size)) continue;
        bytes.assign(size, std::byte{0});
        volume.read(offset, bytes, "test");
        bool same = true;
        for (std::uint64_t i = 0; i < size; ++i) same = same && bytes[i] == pattern(63 * 512 + offset + i);
        CHECK_MESSAGE(same, "offset " << offset << " size " << size << " block " << block);
      }
    }
    std::uint64_t at = 5;
    volume.stream(5, 100001, 3000, "test", [&](std::span<const std::byte> piece) {
      CHECK(piece.size() == std::min<std::uint64_t>(3000, 5 + 100001 - at));
      CHECK(piece.front() == pattern(63 * 512 + at));
      at += piece.size();
      CHECK(piece.back() == pattern(63 * 512 + at - 1));
    });
    CHECK(at == 5 + 100001);
  }
}

TEST_CASE("volume: nothing is read outside") {
  MemoryDevice device("disk", MiB);
  CHECK_THROWS_AS(Volume(device, MiB - 512, 1024), Error);
  CHECK_THROWS_AS(Volume(device, 2 * MiB, 0), Error);
  Volume volume(device, 512, 1024);
  std::array<std::byte, 8> bytes;
  CHECK_NOTHROW(volume.read(1016, bytes, "test"));
  CHECK_THROWS_AS(volume.read(1017, bytes, "test"), MetadataError);
  CHECK_THROWS_AS(volume.read(~std::uint64_t{0} - 3, bytes, "test"), MetadataError);
  CHECK_THROWS_AS(volume.stream(0, 1025, 512, "test", [](std::span<const std::byte>) {}), MetadataError);
}
