// SPDX-License-Identifier: Apache-2.0
#include "os/volumes/volumes.h"

#include <doctest/doctest.h>

#include <cstring>

#include "devices/memory_device.h"
#include "filesystem/fat_image.h"

using namespace san;
using namespace san::os;

TEST_CASE("read_disk_content: a blank device, and one that is a file system as a whole") {
  MemoryDevice blank("disk", 1 << 20);
  const auto nothing = read_disk_content(blank);
  CHECK(nothing.size == 1 << 20);
  REQUIRE(nothing.volumes.size() == 1);
  CHECK(nothing.volumes[0].name == "whole device");
  CHECK(nothing.volumes[0].type == "unknown");
  CHECK(nothing.volumes[0].why_none == "it holds nothing that is recognised");
  CHECK(nothing.volumes[0].files == nullptr);

  const test::FatImage image(16);
  MemoryDevice whole("disk", image.size());
  std::ranges::copy(image.bytes(), whole.bytes().begin());
  const auto content = read_disk_content(whole);
  REQUIRE(content.volumes.size() == 1);
  CHECK(content.volumes[0].type == "fat16");
  CHECK(content.volumes[0].uuid == "1234-5678");
  REQUIRE(content.volumes[0].files);
  CHECK(content.volumes[0].files->list("/").empty());
  CHECK_FALSE(content.volumes[0].open_subvolume);
}

TEST_CASE("read_disk_content: partitions") {
  const test::FatImage image(32);
  MemoryDevice disk("disk", 1 << 20);
  std::ranges::copy(image.bytes(), disk.bytes().begin() + 2048 * 100);
  const auto entry = [&](std::size_t slot, std::uint8_t type, std::uint32_t first, std::uint32_t count) {
    const std::size_t at = 446 + slot * 16;
    disk.bytes()[at + 4] = std::byte{type};
    write_at(disk.bytes(), at + 8, le32(first));
    write_at(disk.bytes(), at + 12, le32(count));
  };
  entry(0, 0x0c, 400, 128);
  entry(2, 0x83, 1000, 100);
  entry(3, 0x83, 2000, 100);  // ends behind the disk
  write_at(disk.bytes(), 510, le16(std::uint16_t{0xaa55}));
  const auto content = read_disk_content(disk);
  REQUIRE(content.volumes.size() == 3);
  CHECK(content.volumes[0].name == "partition 1");
  CHECK(content.volumes[0].type == "fat32");
  CHECK(content.volumes[0].files->name() == "disk, partition 1 (fat32)");
  CHECK(content.volumes[1].entry.number == 3);
  CHECK(content.volumes[1].type == "unknown");
  CHECK(content.volumes[2].why_none == "does not lie on the device");
}

TEST_CASE("read_disk_content: encrypted") {
  MemoryDevice disk("disk", 1 << 20);
  std::memcpy(disk.bytes().data(), "LUKS\xba\xbe\0\2", 8);
  std::memcpy(disk.bytes().data() + 168, "e1bf122f-15ec-4e12-866b-d375fa1a3b45", 36);
  std::memcpy(disk.bytes().data() + 24, "secret", 6);
  const auto content = read_disk_content(disk);
  REQUIRE(content.volumes.size() == 1);
  CHECK(content.volumes[0].type == "luks");
  CHECK(content.volumes[0].why_none == "is encrypted (LUKS)");
  CHECK(content.volumes[0].uuid == "e1bf122f-15ec-4e12-866b-d375fa1a3b45");
  CHECK(content.volumes[0].label == "secret");
}
