// SPDX-License-Identifier: Apache-2.0
#include "filesystem/used_only_device.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "devices/fault_device.h"
#include "filesystem/ext_image.h"
#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::partition;
using namespace san::test;

namespace {

/// 4 MiB full of 0xAA: ext2 at 1 MiB, XFS at 2 MiB, LVM at 3 MiB.
struct Disk {
  MemoryDevice device{"disk", 4 * MiB, std::byte{0xaa}};
  PartitionTable table;

  Disk() {
    ExtImage ext;
    ext.put(400 * 1024, "left over");
    put(ext, MiB);
    put(XfsImage(5), 2 * MiB);
    Image lvm(64 * 1024);
    lvm.put(512, "LABELONE");
    put(lvm, 3 * MiB);
    table.kind = TableKind::gpt;
    table.sector_size = table.device_block = 512;
    table.device_size = device.size();
    for (std::uint32_t number = 1; number <= 3; ++number) {
      Partition partition;
      partition.number = number;
      partition.offset = number * MiB;
      partition.length = MiB - 64 * KiB;
      table.partitions.push_back(partition);
    }
  }
  /// Once the file systems have been read: zeros then tell what is free.
  void leave_no_zeros() {
    for (std::byte& byte : device.bytes())
      if (byte == std::byte{0}) byte = std::byte{1};
  }
  void put(const Image& image, std::uint64_t at) {
    std::ranges::copy(image.bytes(), device.bytes().begin() + static_cast<std::ptrdiff_t>(at));
  }
};

const UsedOnlyDevice::Options kAll{.copy_whole_reason = {}, .min_run = 1, .max_ranges = 1000};

/// What read_free_space() calls free in these partitions.
std::vector<Range> free_ranges(Disk& disk, std::initializer_list<std::size_t> indexes) {
  std::vector<Range> ranges;
  for (const std::size_t i : indexes) {
    const Partition& partition = disk.table.partitions[i];
    const FreeSpace space =
        read_free_space(disk.device, partition.offset, partition.length, {.min_run = kAll.min_run});
    REQUIRE(space.known);
    ranges.insert(ranges.end(), space.free.begin(), space.free.end());
  }
  return ranges;
}

std::vector<std::byte> with_zeros(Disk& disk, const std::vector<Range>& free) {
  std::vector<std::byte> bytes(disk.device.bytes().begin(), disk.device.bytes().end());
  for (const Range& range : free)
    std::ranges::fill(std::span(bytes).subspan(range.offset, range.length), std::byte{0});
  return bytes;
}

std::vector<std::byte> expected(Disk& disk, std::initializer_list<std::size_t> indexes) {
  return with_zeros(disk, free_ranges(disk, indexes));
}

std::vector<std::byte> read(ReadableDevice& device, std::uint64_t offset, std::uint64_t length) {
  std::vector<std::byte> bytes(length, std::byte{0x55});
  read_wait(device, offset, bytes);
  return bytes;
}

std::string why(const UsedOnlyDevice& device, std::size_t index) {
  return device.partitions().at(index).copy_whole_reason;
}

}  // namespace

TEST_CASE("used only: free space reads as zeros, all else as it is") {
  Disk disk;
  UsedOnlyDevice device(disk.device, disk.table, kAll);
  const std::vector<Range> free = free_ranges(disk, {0, 1});
  disk.leave_no_zeros();
  const std::vector<std::byte> all = with_zeros(disk, free);
  CHECK(read(device, 0, device.size()) == all);
  for (const std::uint64_t length : {std::uint64_t{512}, 7 * 512 + std::uint64_t{0}, 64 * KiB})
    for (std::uint64_t at = MiB - 1024; at + length < 3 * MiB; at += 512 * 5)
      REQUIRE(std::ranges::equal(read(device, at, length), std::span(all).subspan(at, length)));

  REQUIRE(device.partitions().size() == 3);
  CHECK(device.partitions()[0].content == "ext2");
  CHECK(device.partitions()[0].free == (235 + 194) * KiB);
  CHECK(device.partitions()[0].used() == MiB - 64 * KiB - (235 + 194) * KiB);
  CHECK(device.partitions()[1].content == "xfs v5");
  CHECK(device.partitions()[1].free == 58 * KiB);
  CHECK(device.free_bytes() == (235 + 194 + 58) * KiB);
  CHECK(device.partitions()[2].content == "lvm");
  CHECK(device.partitions()[2].free == 0);
  CHECK(why(device, 2) == "its content is only visible through another layer");
  CHECK_FALSE(device.partitions()[2].warning);
}

TEST_CASE("used only: extents of free space are zeros, of all else those below") {
  Disk disk;
  // A hole that begins before the file system and ends in its used blocks; data elsewhere.
  disk.device.set_extents({{0, MiB / 2, Extent::Kind::data},
                           {MiB / 2, MiB / 2 + 4 * KiB, Extent::Kind::zero},
                           {MiB + 4 * KiB, 2 * MiB, Extent::Kind::data}});
  UsedOnlyDevice device(disk.device, disk.table, kAll);
  disk.leave_no_zeros();
  std::vector<std::byte> all(device.size());
  read_wait(device, 0, all);
  for (const std::uint64_t step : {4 * MiB, 512 * std::uint64_t{33}}) {
    std::uint64_t at = 0;
    for (std::uint64_t from = 0; from < device.size(); from += step) {
      const std::uint64_t length = std::min(step, device.size() - from);
      for (const Extent& extent : device.extents(from, length)) {
        REQUIRE(extent.offset == at);
        REQUIRE(extent.length > 0);
        at = extent.end();
        const bool hole = extent.offset >= MiB / 2 && extent.end() <= MiB + 4 * KiB;
        const auto bytes = std::span(all).subspan(extent.offset, extent.length);
        const bool zeros = std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
        REQUIRE((extent.kind == Extent::Kind::zero) == (hole || zeros));
        if (!hole && !zeros)
          REQUIRE(extent.kind ==
                  (extent.offset < 3 * MiB + 4 * KiB ? Extent::Kind::data : Extent::Kind::unknown));
      }
      REQUIRE(at == from + length);
    }
  }
}

TEST_CASE("used only: a bad block in free space does no harm, one in a file does") {
  Disk disk;
  const auto memory = std::make_shared<MemoryDevice>("disk", disk.device.size());
  std::ranges::copy(disk.device.bytes(), memory->bytes().begin());
  FaultDevice below(memory);
  for (const std::uint64_t bad : {MiB + 400 * KiB, MiB / 2})
    below.add({.effect = FaultDevice::Fail{Error(Exit::failed, "disk", "medium error")},
               .offset = bad,
               .length = 512});
  UsedOnlyDevice device(below, disk.table, kAll);
  CHECK(device.partitions()[0].copy_whole_reason.empty());
  CHECK(read(device, MiB + 400 * KiB, 4096) == std::vector<std::byte>(4096));
  CHECK_THROWS_AS(read(device, MiB / 2, 1024), Error);
}

TEST_CASE("used only: dirty is copied whole with a warning, and only that partition") {
  Disk disk;
  ExtImage ext;
  ext.put16(ExtImage::kSuper + 58, 0);
  disk.put(ext, MiB);
  UsedOnlyDevice device(disk.device, disk.table, kAll);
  CHECK(why(device, 0) == "it was not unmounted cleanly (or is mounted)");
  CHECK(device.partitions()[0].warning);
  CHECK(why(device, 1).empty());
  CHECK(device.free_bytes() == 58 * KiB);
  CHECK(read(device, 0, device.size()) == expected(disk, {1}));
}

TEST_CASE("used only: all is copied whole where the caller says why") {
  Disk disk;
  UsedOnlyDevice device(disk.device, disk.table, {.copy_whole_reason = "it is in use"});
  for (const UsedPartition& partition : device.partitions()) {
    CHECK(partition.copy_whole_reason == "it is in use");
    CHECK(partition.warning);
  }
  CHECK(device.partitions()[1].content == "xfs v5");
  CHECK(read(device, 0, device.size()) == expected(disk, {}));
}

TEST_CASE("used only: partitions share the memory for ranges") {
  Disk disk;
  UsedOnlyDevice device(disk.device, disk.table, {.copy_whole_reason = {}, .min_run = 1, .max_ranges = 6});
  CHECK(device.partitions()[0].free > 0);
  CHECK(device.partitions()[1].free > 0);
  CHECK(device.partitions()[0].free < (235 + 194) * KiB);
  std::size_t zeros = 0;
  for (const Extent& extent : device.extents(0, device.size())) zeros += extent.kind == Extent::Kind::zero;
  CHECK(zeros <= 6);
}

TEST_CASE("used only: a file system without a partition table") {
  MemoryDevice device("disk", 2 * MiB, std::byte{0xaa});
  const ExtImage ext;
  std::ranges::copy(ext.bytes(), device.bytes().begin());
  UsedOnlyDevice used(device, read_partition_table(device), kAll);
  REQUIRE(used.partitions().size() == 1);
  CHECK(used.partitions()[0].number == 0);
  CHECK(used.partitions()[0].length == 2 * MiB);
  CHECK(used.free_bytes() == (235 + 194) * KiB);
}

TEST_CASE("used only: it cannot be written") {
  Disk disk;
  UsedOnlyDevice device(disk.device, disk.table);
  CHECK(device.read_only());
  static_assert(!std::derived_from<UsedOnlyDevice, Device>);
}
