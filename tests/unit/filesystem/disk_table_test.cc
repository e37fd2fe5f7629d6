// SPDX-License-Identifier: Apache-2.0
#include "filesystem/disk_table.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "devices/fault_device.h"
#include "partition/iso_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::partition;
using namespace san::test;

namespace {

/// 4 MiB with btrfs on all of it; a boot sector in front.
std::unique_ptr<MemoryDevice> btrfs_disk() {
  auto disk = std::make_unique<MemoryDevice>("disk", 4 * MiB);
  put_text(*disk, 0x10040, "_BHRfS_M");
  put_hex(*disk, 510, "55aa");
  return disk;
}

}  // namespace

TEST_CASE("a boot sector without partitions is no table where something is on the whole device") {
  const auto disk = btrfs_disk();
  CHECK(read_partition_table(*disk).kind == TableKind::mbr);
  PartitionTable table = read_disk_table(*disk);
  CHECK(table.kind == TableKind::none);
  CHECK(table.content == "btrfs");
  CHECK(table.problems.empty());
  put_text(*disk, 0x8000, "JFS1");
  table = read_disk_table(*disk);
  CHECK(table.kind == TableKind::none);
  CHECK(table.content == "unknown");
}

TEST_CASE("it is a table where it lists a partition, and where nothing is recognised") {
  auto disk = btrfs_disk();
  put_entry(*disk, 0, 0, {.type = 0x83, .first_lba = le32(2048), .sectors = le32(2048)});
  CHECK(read_disk_table(*disk).kind == TableKind::mbr);
  // Of an image that was cut off the partitions may all lie outside.
  put_entry(*disk, 0, 0, {.type = 0x83, .first_lba = le32(1 << 20), .sectors = le32(1 << 20)});
  CHECK(read_disk_table(*disk).has_errors());
  MemoryDevice blank("blank", MiB);
  put_hex(blank, 510, "55aa");
  CHECK(read_disk_table(blank).kind == TableKind::mbr);
  disk->bytes()[0x10040] = std::byte{0};
  CHECK(read_disk_table(*disk).kind == TableKind::mbr);
  CHECK(read_disk_table(*mbr_disk()).kind == TableKind::mbr);
}

TEST_CASE("the backup of a GPT at the end does not count in front of what is recognised") {
  const auto disk = gpt_disk(4 * MiB, 512, 512);
  std::ranges::fill(disk->bytes().first(32 * KiB), std::byte{0});
  put_hex(*disk, 510, "55aa");
  put_text(*disk, 0x10040, "_BHRfS_M");
  const PartitionTable table = read_disk_table(*disk);
  CHECK(table.kind == TableKind::none);
  CHECK(has_problem(table, "it does not count"));
}

TEST_CASE("a GPT without partitions stays one, and what is on the device lies beside it") {
  const auto disk = gpt_disk(4 * MiB, 512, 512);
  for (const std::uint64_t lba : {std::uint64_t{1}, std::uint64_t{8191}}) {
    GptCopy copy = parse_copy(*disk, lba);
    write_at(copy.entries, 0, GptEntry{});
    put_copy(*disk, copy, 512);
  }
  CHECK_FALSE(read_disk_table(*disk).raw.loose);
  put_text(*disk, 0x10040, "_BHRfS_M");
  const PartitionTable table = read_disk_table(*disk);
  CHECK(table.kind == TableKind::gpt);
  REQUIRE(table.raw.loose);
  CHECK(table.raw.loose->type == "btrfs");
  CHECK(table.loose_end() == 4 * MiB);
}

TEST_CASE("an isohybrid keeps its table; without an entry that counts it is an ISO") {
  const auto disk = isohybrid();
  CHECK(read_disk_table(*disk).kind == TableKind::mbr);
  put_entry(*disk, 0, 1, {});
  const PartitionTable table = read_disk_table(*disk);
  CHECK(table.kind == TableKind::none);
  CHECK(table.content == "iso9660");
}

TEST_CASE("what cannot be read is not recognised") {
  FaultDevice disk(btrfs_disk());
  disk.add({.op = FaultDevice::Op::read,
            .effect = FaultDevice::Fail{Error(Exit::failed, "disk", "bad block")},
            .offset = 64 * KiB,
            .length = KiB});
  CHECK(read_disk_table(disk).kind == TableKind::mbr);
}
