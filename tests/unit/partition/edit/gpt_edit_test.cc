// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "block/zero_detection.h"
#include "core/units.h"
#include "partition/edit/table_edit.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

namespace {

constexpr std::uint64_t kSize = test::kGoldenSize;

/// Writes the edited table to `disk` and reads it again: what was promised must be what is there.
PartitionTable applied(MemoryDevice& disk, const TableEdit& edit) {
  apply_table(disk, edit.table);
  PartitionTable table = read_partition_table(disk);
  CHECK(to_json(table) == to_json(edit.table));
  return table;
}

}  // namespace

TEST_CASE("on a larger disk the backup moves to its end, and nothing else changes") {
  auto disk = test::golden_disk(kSize + 3 * MiB);
  const PartitionTable before = read_partition_table(*disk);
  const PartitionTable after = applied(*disk, fit_gpt(before, disk->size(), 512));
  CHECK(after.problems.empty());
  CHECK(after.backup == BackupState::good);
  CHECK(after.protective == ProtectiveState::good);
  CHECK(after.usable_end == disk->size() - 33 * 512);
  CHECK(after.partitions == before.partitions);
  CHECK(after.disk_id == before.disk_id);
}

TEST_CASE("fitting a table to the disk that it is on changes not a byte") {
  auto disk = test::golden_disk();
  CHECK(apply_table(*disk, fit_gpt(read_partition_table(*disk), kSize, 512).table) == 0);
}

TEST_CASE("a table fits a smaller disk as far as the partitions allow") {
  auto disk = test::gpt_disk(kSize, 512, 512);
  const PartitionTable table = read_partition_table(*disk);
  REQUIRE(needed_size(table) == 2 * MiB + 33 * 512);
  CHECK_THROWS_WITH_AS(
      fit_gpt(table, 2 * MiB + 32 * 512, 512),
      "disk: its partitions and the backup GPT need 2.0 MiB (2114048 bytes), but the disk would have "
      "2.0 MiB (2113536 bytes); shrink or remove the last partition first",
      Error);
  const TableEdit edit = fit_gpt(table, 2 * MiB + 33 * 512, 512);
  MemoryDevice small("small", 2 * MiB + 33 * 512);
  std::copy_n(disk->bytes().begin(), small.size(), small.bytes().begin());
  apply_table(small, edit.table);
  CHECK(read_partition_table(small).problems.empty());
}

TEST_CASE("an active protective entry stays active, and 0xFFFFFFFF stays what it is") {
  auto disk = test::golden_disk(2 * kSize);
  test::put_entry(*disk, 0, 0, {.status = 0x80, .type = 0xEE, .first_lba = le32(1), .sectors = le32(16383)});
  PartitionTable after = applied(*disk, fit_gpt(read_partition_table(*disk), 2 * kSize, 512));
  CHECK(after.raw.mbr->entries[0].status == 0x80);
  CHECK(after.raw.mbr->entries[0].sectors == 32767);
  test::put_entry(*disk, 0, 0, {.type = 0xEE, .first_lba = le32(1), .sectors = le32(0xFFFFFFFF)});
  after = applied(*disk, fit_gpt(read_partition_table(*disk), 2 * kSize, 512));
  CHECK(after.raw.mbr->entries[0].sectors == 0xFFFFFFFF);
}

TEST_CASE("boot code, header tail and entries beyond the used ones survive a fit") {
  auto disk = test::golden_disk(2 * kSize);
  test::put_text(*disk, 0, "boot code");
  test::put_text(*disk, 512 + 92, "reserved");
  apply_table(*disk, fit_gpt(read_partition_table(*disk), 2 * kSize, 512).table);
  CHECK(disk->bytes()[3] == std::byte{'t'});
  CHECK(disk->bytes()[512 + 92] == std::byte{'r'});
}

TEST_CASE("a fit is refused where it would build on sand") {
  auto disk = test::golden_disk(2 * kSize);
  disk->bytes()[530] ^= std::byte{1};
  CHECK_THROWS_AS(fit_gpt(read_partition_table(*disk), 2 * kSize, 512), Error);
  disk = test::golden_disk(2 * kSize);
  CHECK_THROWS_WITH_AS(
      fit_gpt(read_partition_table(*disk), 2 * kSize, 4096),
      "disk: its partition table was made for blocks of 512 bytes, not of 4096; convert the table to "
      "this block size, or choose a disk with the same",
      Error);
  GptCopy copy = test::parse_copy(*disk, 1);
  copy.header.entries_lba = 40;
  test::put_copy(*disk, copy, 512);
  CHECK_THROWS_AS(fit_gpt(read_partition_table(*disk), 2 * kSize, 512), Error);
}

TEST_CASE("a primary is made of the backup on a larger disk, and the rest of the first blocks stays") {
  for (const std::size_t from : {512, 528, 600, 1024, 1100}) {
    for (const std::size_t length : {4, 12}) {
      const auto disk = test::golden_disk();
      test::put_text(*disk, 10, "boot code");
      auto whole = test::golden_disk(2 * kSize);
      test::put_text(*whole, 10, "boot code");
      apply_table(*whole, fit_gpt(read_partition_table(*whole), 2 * kSize, 512).table);
      for (std::size_t i = 0; i < length; ++i) disk->bytes()[from + i] ^= std::byte{0x5A};
      MemoryDevice larger("larger", 2 * kSize);
      std::ranges::copy(disk->bytes(), larger.bytes().begin());
      const TableEdit edit = fit_gpt(read_partition_table(*disk), 2 * kSize, 512);
      CHECK(edit.notes.size() == 1);
      CHECK(apply_table(larger, edit.table) > 0);
      // The old backup is left to whoever copies.
      CHECK(
          std::ranges::equal(larger.bytes().first(kSize - 33 * 512), whole->bytes().first(kSize - 33 * 512)));
      CHECK(std::ranges::equal(larger.bytes().last(kSize), whole->bytes().last(kSize)));
    }
  }
}

TEST_CASE("what is in the place of the primary and is no GPT stays, and only the backup moves") {
  for (const std::size_t from : {512, 8192}) {
    const auto disk = test::golden_disk();
    for (std::size_t i = 0; i < 2048; ++i) disk->bytes()[from + i] = static_cast<std::byte>(i * 7 + 1);
    const PartitionTable before = read_partition_table(*disk);
    CHECK_FALSE(before.raw.occupied.empty());
    MemoryDevice larger("larger", 2 * kSize);
    std::ranges::copy(disk->bytes(), larger.bytes().begin());
    apply_table(larger, fit_gpt(before, 2 * kSize, 512).table);
    CHECK(std::ranges::equal(larger.bytes().subspan(1024, 17 * KiB), disk->bytes().subspan(1024, 17 * KiB)));
    CHECK(std::ranges::equal(larger.bytes().first(446), disk->bytes().first(446)));
    const PartitionTable after = read_partition_table(larger);
    CHECK(lives_by_backup(after));
    CHECK(after.backup == BackupState::good);
    CHECK(after.partitions == before.partitions);
    CHECK(after.protective == ProtectiveState::good);
    if (from == 8192) CHECK(std::uint64_t{after.raw.primary.header.alternate_lba} == 2 * kSize / 512 - 1);
  }
}

TEST_CASE("a disk without a protective MBR gets none by being fitted") {
  const auto disk = test::golden_disk();
  std::ranges::fill(disk->bytes().first(34 * 512), std::byte{0});
  MemoryDevice larger("larger", 2 * kSize);
  apply_table(larger, fit_gpt(read_partition_table(*disk), 2 * kSize, 512).table);
  CHECK(all_zero(larger.bytes().first(kSize)));
  CHECK(lives_by_backup(read_partition_table(larger)));
}

TEST_CASE("an MBR and a blank disk fit any disk that holds their partitions") {
  auto disk = test::mbr_disk();
  const PartitionTable table = read_partition_table(*disk);
  CHECK(fit_gpt(table, 2 * kSize, 512).table.usable_end == 2 * kSize);
  CHECK_THROWS_AS(fit_gpt(table, MiB, 512), Error);
  MemoryDevice blank("blank", MiB);
  CHECK(table_writes(fit_gpt(read_partition_table(blank), 2 * MiB, 4096).table).empty());
}

TEST_CASE("a hybrid MBR is left alone") {
  auto disk = test::golden_disk(2 * kSize);
  test::put_entry(*disk, 0, 1, {.type = 0x0c, .first_lba = le32(2048), .sectors = le32(2048)});
  const TableEdit edit = fit_gpt(read_partition_table(*disk), 2 * kSize, 512);
  CHECK(edit.notes.size() == 1);
  const PartitionTable after = applied(*disk, edit);
  CHECK(after.backup == BackupState::good);
  CHECK(after.raw.mbr->entries[0].sectors == 16383);
}

TEST_CASE("either copy is repaired from the other, byte by byte") {
  const auto golden = test::golden_disk();
  const auto repaired = [&](auto&& damage) {
    auto disk = test::golden_disk();
    damage(*disk);
    const TableEdit edit = repair_gpt(read_partition_table(*disk));
    CHECK_FALSE(edit.notes.empty());
    apply_table(*disk, edit.table);
    return std::equal(disk->bytes().begin(), disk->bytes().end(), golden->bytes().begin());
  };
  CHECK(repaired([](MemoryDevice& d) { d.bytes()[512] = std::byte{0}; }));
  CHECK(repaired([](MemoryDevice& d) { d.bytes()[540] ^= std::byte{4}; }));
  CHECK(repaired([](MemoryDevice& d) { d.bytes()[1024 + 60] ^= std::byte{4}; }));
  CHECK(repaired([](MemoryDevice& d) { d.bytes()[kSize - 512] = std::byte{0}; }));
  CHECK(repaired([](MemoryDevice& d) { d.bytes()[kSize - 1024] ^= std::byte{4}; }));
  CHECK(repaired([](MemoryDevice& d) { d.bytes()[510] = std::byte{0}; }));
  CHECK(repaired([](MemoryDevice& d) { std::fill_n(d.bytes().begin(), MiB, std::byte{0}); }));
  CHECK(repaired([](MemoryDevice& d) {
    GptCopy copy = test::parse_copy(d, kSize / 512 - 1);
    copy.header.disk_guid.bytes[3] ^= 1;
    test::put_copy(d, copy, 512);
  }));
}

TEST_CASE("a repair leaves a sound table alone and refuses a lost one") {
  auto disk = test::golden_disk();
  const TableEdit edit = repair_gpt(read_partition_table(*disk));
  CHECK(edit.notes.empty());
  CHECK(apply_table(*disk, edit.table) == 0);
  disk->bytes()[512 + 20] ^= std::byte{1};
  disk->bytes()[kSize - 512 + 20] ^= std::byte{1};
  CHECK_THROWS_WITH_AS(repair_gpt(read_partition_table(*disk)),
                       "disk: neither copy of its GPT is good; restore the table from a saved one", Error);
  CHECK_THROWS_AS(repair_gpt(read_partition_table(*test::mbr_disk())), Error);
}

TEST_CASE("a repair does not overwrite a file system that starts where the table was") {
  auto disk = test::golden_disk();
  test::put_text(*disk, 1080, "\x53\xef");  // ext over the entries
  const PartitionTable table = read_partition_table(*disk);
  CHECK(table.kind == TableKind::gpt);
  CHECK_THROWS_WITH_AS(repair_gpt(table), "disk: its start looks like ext, which a repair would overwrite",
                       Error);
}

TEST_CASE("a table is converted from 512 to 4096 bytes a block and back") {
  auto disk = test::gpt_disk(kSize, 512, 4096);
  const PartitionTable before = read_partition_table(*disk);
  CHECK(before.has_errors());
  PartitionTable after = applied(*disk, convert_sector_size(before, kSize, 4096));
  CHECK(after.problems.empty());
  CHECK(after.sector_size == 4096);
  CHECK(after.usable_begin == 6 * 4096);
  CHECK(after.usable_end == kSize - 5 * 4096);
  CHECK(after.partitions == before.partitions);

  MemoryDevice back("back", kSize);
  std::copy(disk->bytes().begin(), disk->bytes().end(), back.bytes().begin());
  after = applied(back, convert_sector_size(read_partition_table(back), kSize, 512));
  CHECK(after.problems.empty());
  CHECK(after.partitions == before.partitions);
}

TEST_CASE("a conversion that would move a partition's edge is refused with the byte") {
  auto disk = test::golden_disk(kSize, 4096);
  CHECK_THROWS_WITH_AS(
      convert_sector_size(read_partition_table(*disk), kSize, 4096),
      "disk: partition 4 ends at byte 8371712, which is not a multiple of 4096; move or resize this "
      "partition first",
      Error);
  auto early = test::gpt_disk(kSize, 512, 512);
  for (const std::uint64_t lba : {std::uint64_t{1}, kSize / 512 - 1}) {
    GptCopy copy = test::parse_copy(*early, lba);
    GptEntry entry = gpt_entry(copy, 0);
    entry.first_lba = 40;  // 20480: on a whole block, but block 5 holds entries then
    write_at(copy.entries, 0, entry);
    test::put_copy(*early, copy, 512);
  }
  CHECK_THROWS_WITH_AS(
      convert_sector_size(read_partition_table(*early), kSize, 4096),
      "disk: partition 1 begins at byte 20480, but the table needs the first 24576 bytes; move this "
      "partition first",
      Error);
  const PartitionTable good = read_partition_table(*test::gpt_disk(kSize, 512, 512));
  for (const std::uint32_t block : {0U, 256U, 513U, 131072U})
    CHECK_THROWS_AS(convert_sector_size(good, kSize, block), Error);
  CHECK_THROWS_AS(convert_sector_size(read_partition_table(*test::mbr_disk()), kSize, 4096), Error);
  CHECK_THROWS_AS(convert_sector_size(good, MiB, 4096), Error);
}
