// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/units.h"
#include "partition/golden_gpt.h"
#include "partition/partition_table.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

TEST_CASE("a table from sgdisk is read without a complaint") {
  const auto disk = test::golden_disk();
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::gpt);
  CHECK(table.sector_size == 512);
  CHECK(table.disk_id == "11223344-5566-7788-99aa-bbccddeeff00");
  CHECK(table.primary == PrimaryState::good);
  CHECK(table.backup == BackupState::good);
  CHECK(table.protective == ProtectiveState::good);
  CHECK(table.usable_begin == 34 * 512);
  CHECK(table.usable_end == 16351 * 512);
  CHECK(table.problems.empty());
  REQUIRE(table.partitions.size() == 3);
  CHECK(table.partitions[0].type_name == "EFI System");
  CHECK(table.partitions[1].name == "wurzel \xc3\xa4 \xe2\x82\xac");
  CHECK(table.partitions[1].uuid == "00000002-0002-0003-0405-060708090a0b");
  CHECK(table.partitions[1].offset == 2 * MiB);
  CHECK(table.partitions[1].length == 2 * MiB);
  CHECK(table.partitions[2].number == 4);
  CHECK(table.partitions[2].active);
  CHECK(table.partitions[2].name == "\xf0\x9f\x98\x80swap");
  CHECK(table.end == table.usable_end);
}

TEST_CASE("only what is needed is read") {
  test::CountingDevice device(test::golden_disk());
  read_partition_table(device);
  CHECK(device.bytes_read < 100 * KiB);
}

TEST_CASE("a table for 512-byte blocks is found on a disk of 4096-byte blocks, and the other way round") {
  const auto on4096 = test::golden_disk(test::kGoldenSize, 4096);
  const PartitionTable table = read_partition_table(*on4096);
  CHECK(table.kind == TableKind::gpt);
  CHECK(table.sector_size == 512);
  CHECK(table.device_block == 4096);
  CHECK(table.backup == BackupState::good);
  CHECK(table.partitions.size() == 3);
  CHECK(test::has_problem(table, "made for blocks of 512 bytes"));

  const auto on512 = test::gpt_disk(test::kGoldenSize, 4096, 512);
  const PartitionTable other = read_partition_table(*on512);
  CHECK(other.kind == TableKind::gpt);
  CHECK(other.sector_size == 4096);
  CHECK(other.partitions.size() == 1);
  CHECK(test::has_problem(other, "made for blocks of 4096 bytes"));

  const auto both = test::gpt_disk(test::kGoldenSize, 4096, 4096);
  CHECK(read_partition_table(*both).problems.empty());
}

TEST_CASE("of two tables the one for the device's blocks counts") {
  auto disk = test::gpt_disk(test::kGoldenSize, 4096, 512);
  const auto golden = test::golden_disk();
  // The golden header in block 1 of 512 bytes, with its entries behind everything else.
  GptCopy copy = test::parse_copy(*golden, 1);
  copy.header.entries_lba = 100;
  test::put_copy(*disk, copy, 512);
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.sector_size == 512);
  CHECK(table.disk_id == "11223344-5566-7788-99aa-bbccddeeff00");
  CHECK(test::has_problem(table, "another GPT, made for blocks of 4096 bytes"));
}

TEST_CASE("a damaged primary is replaced by the backup at the end") {
  for (const std::uint64_t byte : {std::uint64_t{512}, std::uint64_t{530}, std::uint64_t{1024 + 40}}) {
    auto disk = test::golden_disk();
    disk->bytes()[byte] ^= std::byte{1};
    const PartitionTable table = read_partition_table(*disk);
    CHECK(table.primary == (byte == 512 ? PrimaryState::missing : PrimaryState::damaged));
    CHECK(table.backup == BackupState::good);
    CHECK(table.partitions.size() == 3);
    CHECK(table.disk_id == "11223344-5566-7788-99aa-bbccddeeff00");
    CHECK(table.has_errors());
  }
}

TEST_CASE("a backup survives the loss of the first MiB, but not if a file system took the disk") {
  auto disk = test::golden_disk();
  std::fill_n(disk->bytes().begin(), MiB, std::byte{0});
  PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::gpt);
  CHECK(table.partitions.size() == 3);
  CHECK(table.protective == ProtectiveState::missing);
  test::put_text(*disk, 0, "XFSB");
  table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::none);
  CHECK(table.content == "XFS");
  CHECK(table.partitions.empty());
  CHECK(test::has_problem(table, "backup of a GPT"));
}

TEST_CASE("a blank disk and a disk of a few bytes have no table") {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{512}, std::uint64_t{1024}, 64 * KiB}) {
    MemoryDevice disk("blank", size);
    const PartitionTable table = read_partition_table(disk);
    CHECK(table.kind == TableKind::none);
    CHECK(table.problems.empty());
    CHECK(table.sector_size == 512);
  }
}

TEST_CASE("a FAT file system on the whole disk is not a partition table") {
  MemoryDevice disk("floppy", 64 * KiB);
  test::put_hex(disk, 0, "eb3c906d6b66732e66617400020401000200020080f8");
  test::put_hex(disk, 510, "55aa");
  const PartitionTable table = read_partition_table(disk);
  CHECK(table.kind == TableKind::none);
  CHECK(table.content == "FAT");
}

TEST_CASE("a chain of logical partitions is read") {
  auto disk = test::mbr_disk();
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::mbr);
  CHECK(table.problems.empty());
  CHECK(table.disk_id == "0xcafe0001");
  REQUIRE(table.partitions.size() == 4);
  CHECK(table.partitions[0].active);
  CHECK(table.partitions[1].extended);
  CHECK(table.partitions[2].number == 5);
  CHECK(table.partitions[2].offset == 6144 * 512);
  CHECK(table.partitions[3].number == 6);
  CHECK(table.partitions[3].uuid == "cafe0001-06");
  CHECK(table.partitions[3].offset == 10240 * 512);
  CHECK(table.end == 12288 * 512);
}

TEST_CASE("a chain that runs in a circle, breaks off or leads outside ends") {
  auto disk = test::mbr_disk();
  SUBCASE("circle") {
    test::put_entry(*disk, 8192 * 512, 1, {.type = 5, .first_lba = le32(0), .sectors = le32(100)});
    const PartitionTable table = read_partition_table(*disk);
    CHECK(table.partitions.size() == 4);
    CHECK(test::has_problem(table, "runs in a circle"));
  }
  SUBCASE("first block") {
    test::put_entry(*disk, 0, 1, {.type = 5, .first_lba = le32(0), .sectors = le32(100)});
    const PartitionTable table = read_partition_table(*disk);
    CHECK(table.partitions.size() == 2);
    CHECK(test::has_problem(table, "leads back to the first block"));
  }
  SUBCASE("no record") {
    test::put_entry(*disk, 8192 * 512, 1, {.type = 5, .first_lba = le32(50), .sectors = le32(100)});
    CHECK(test::has_problem(read_partition_table(*disk), "breaks off"));
  }
  SUBCASE("outside") {
    test::put_entry(*disk, 8192 * 512, 1, {.type = 5, .first_lba = le32(0xFFFFFFFF), .sectors = le32(100)});
    CHECK(test::has_problem(read_partition_table(*disk), "breaks off"));
  }
  SUBCASE("endless") {
    for (std::uint32_t i = 0; i < 300; ++i) {
      const std::uint64_t at = (4096 + i * 8) * 512;
      test::put_hex(*disk, at + 510, "55aa");
      test::put_entry(*disk, at, 0, {.type = 0x83, .first_lba = le32(1), .sectors = le32(1)});
      test::put_entry(*disk, at, 1, {.type = 5, .first_lba = le32((i + 1) * 8), .sectors = le32(8)});
    }
    const PartitionTable table = read_partition_table(*disk);
    CHECK(table.partitions.size() == 2 + kMaxLogical);
    CHECK(test::has_problem(table, "more than 128 links"));
  }
}

TEST_CASE("an MBR whose partitions only fit in blocks of 512 bytes was made for them") {
  auto disk = test::mbr_disk(4096);
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.sector_size == 512);
  CHECK(table.partitions.size() == 4);
  CHECK(test::has_problem(table, "made for blocks of 512 bytes"));
}

TEST_CASE("what cannot be read counts as damaged, save the first block") {
  test::CountingDevice device(test::golden_disk());
  device.fails_from = 4 * MiB;
  const PartitionTable table = read_partition_table(device);
  CHECK(table.primary == PrimaryState::good);
  CHECK(table.backup == BackupState::damaged);
  CHECK(test::has_problem(table, "cannot be read"));
  device.fails_from = 0;
  CHECK_THROWS_AS(read_partition_table(device), Error);
}
