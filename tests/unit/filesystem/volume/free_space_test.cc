// SPDX-License-Identifier: Apache-2.0
#include "filesystem/read_free_space.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "devices/fault_device.h"
#include "filesystem/ext_image.h"
#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

/// The image on a disk on which the sector at `bad` cannot be read.
std::unique_ptr<FaultDevice> failing(const Image& image, std::uint64_t bad, Exit code) {
  auto memory = std::make_unique<MemoryDevice>("disk", image.size());
  std::ranges::copy(image.bytes(), memory->bytes().begin());
  auto device = std::make_unique<FaultDevice>(std::move(memory));
  device->add(
      {.effect = FaultDevice::Fail{Error(code, "disk", "medium error")}, .offset = bad, .length = 512});
  return device;
}

}  // namespace

TEST_CASE("free space: offsets are the device's, at any place of the partition") {
  const XfsImage image(5);
  for (const std::uint64_t offset : {std::uint64_t{512}, 63 * 512 + MiB, 2 * MiB}) {
    MemoryDevice device("disk", 3 * MiB, std::byte{0xff});
    std::ranges::copy(image.bytes(), device.bytes().begin() + static_cast<std::ptrdiff_t>(offset));
    const FreeSpace space = read_free_space(device, offset, image.size() + 5 * 512, {.min_run = 1});
    CHECK_MESSAGE(space.known, space.copy_whole_reason);
    REQUIRE(space.free.size() == 6);
    CHECK(space.free.front() == Range{offset + 8 * 1024, 4 * 1024});
    CHECK(space.free.back().end() == offset + 148 * 1024);
    CHECK(space.free_bytes == 58 * 1024);
  }
}

TEST_CASE("free space: short runs are counted but not listed") {
  MemoryDevice device("disk", 152 * 1024);
  std::ranges::copy(XfsImage(4).bytes(), device.bytes().begin());
  const FreeSpace space = read_free_space(device, 0, device.size(), {.min_run = 5 * 1024});
  CHECK(space.known);
  CHECK(space.free_bytes == 58 * 1024);
  CHECK(space.free.size() == 3);
  const FreeSpace few = read_free_space(device, 0, device.size(), {.min_run = 5 * 1024, .max_ranges = 2});
  CHECK(few.free == std::vector<Range>{{40 * 1024, 20 * 1024}, {104 * 1024, 20 * 1024}});
  CHECK(few.min_run == 10 * 1024);
}

TEST_CASE("free space: a file system cut short is not believed") {
  for (std::size_t size = 0; size < 152 * 1024; size += 8 * 1024) {
    MemoryDevice device("disk", 152 * 1024);
    std::ranges::copy(XfsImage(4).bytes(), device.bytes().begin());
    CHECK_FALSE(read_free_space(device, 0, size, {.min_run = 1}).known);
  }
  for (std::size_t size = 0; size < 457 * 1024; size += 16 * 1024) {
    MemoryDevice device("disk", 512 * 1024);
    std::ranges::copy(ExtImage().bytes(), device.bytes().begin());
    CHECK_FALSE(read_free_space(device, 0, size, {.min_run = 1}).known);
  }
}

TEST_CASE("free space: metadata that cannot be read means copy whole; an interruption goes on") {
  for (const std::uint64_t bad : {std::uint64_t{0}, 2 * KiB, 259 * KiB}) {
    const auto device = failing(ExtImage(), bad, Exit::failed);
    const FreeSpace space = read_free_space(*device, 0, device->size());
    CHECK_FALSE(space.known);
    CHECK(space.copy_whole_reason == "its metadata cannot be read: medium error");
    const auto interrupted = failing(ExtImage(), bad, Exit::interrupted);
    CHECK_THROWS_AS(read_free_space(*interrupted, 0, interrupted->size()), Error);
  }
  const auto fine = failing(ExtImage(), 400 * KiB, Exit::failed);
  CHECK(read_free_space(*fine, 0, fine->size()).known);
}

TEST_CASE("free space: a partition that is not on the device") {
  MemoryDevice device("disk", MiB);
  CHECK_THROWS_AS(read_free_space(device, MiB, 512), Error);
  CHECK_THROWS_AS(read_free_space(device, 512, ~std::uint64_t{0}), Error);
  CHECK(read_free_space(device, MiB, 0).type == "unknown");
}
