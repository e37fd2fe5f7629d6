// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/units.h"
#include "partition/edit/table_edit.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

namespace {

constexpr std::uint64_t kSize = test::kGoldenSize;

PartitionTable grown(MemoryDevice& disk) {
  TableEdit edit = fit_gpt(read_partition_table(disk), disk.size(), disk.limits().logical_block);
  edit = grow_last(edit.table);
  apply_table(disk, edit.table);
  PartitionTable table = read_partition_table(disk);
  CHECK(to_json(table) == to_json(edit.table));
  return table;
}

}  // namespace

TEST_CASE("a partition that begins on a whole MiB ends on one") {
  auto disk = test::golden_disk(kSize + 3 * MiB);
  const PartitionTable table = grown(*disk);
  CHECK(table.problems.empty());
  REQUIRE(table.partitions.size() == 3);
  CHECK(table.partitions[2].offset == 4 * MiB);
  CHECK(table.partitions[2].end() == kSize + 2 * MiB);
  CHECK(table.partitions[2].name == "\xf0\x9f\x98\x80swap");
  CHECK(table.partitions[1].length == 2 * MiB);
}

TEST_CASE("any other grows to the last usable block, whatever its number is") {
  auto disk = test::golden_disk(kSize + 3 * MiB);
  for (const std::uint64_t lba : {std::uint64_t{1}, kSize / 512 - 1}) {
    GptCopy copy = test::parse_copy(*disk, lba);
    GptEntry first = gpt_entry(copy, 0), last = gpt_entry(copy, 3);
    last.first_lba = last.first_lba + 1;
    write_at(copy.entries, 0, last);
    write_at(copy.entries, 3 * 128, first);
    test::put_copy(*disk, copy, 512);
  }
  const PartitionTable table = grown(*disk);
  CHECK(table.partitions[0].end() == table.usable_end);
  CHECK(table.partitions[2].length == MiB);
}

TEST_CASE("a partition that already ends at the last whole MiB does not grow") {
  auto disk = test::golden_disk();
  const TableEdit edit = grow_last(read_partition_table(*disk));
  CHECK(edit.notes.at(0) == "partition 4 already ends where the disk does");
  CHECK(apply_table(*disk, edit.table) == 0);
}

TEST_CASE("blocks of 4096 bytes") {
  auto disk = test::gpt_disk(kSize, 4096, 4096);
  CHECK(grown(*disk).partitions.at(0).end() == kSize - MiB);
}

TEST_CASE("the last logical partition grows with its link and the extended partition") {
  auto disk = test::mbr_disk();
  const PartitionTable table = grown(*disk);
  CHECK(table.problems.empty());
  CHECK(table.partitions.at(1).end() == kSize);
  CHECK(table.partitions.at(2).length == MiB);
  CHECK(table.partitions.at(3).offset == 10240 * 512);
  CHECK(table.partitions.at(3).end() == kSize);
  const MbrEntry& link = table.raw.chain.at(0).sector.entries[1];
  CHECK(link.first_lba == 4096);
  CHECK(4096 + link.first_lba + link.sectors == kSize / 512);
}

TEST_CASE("the first logical partition has no link that could grow") {
  auto disk = test::mbr_disk();
  test::put_entry(*disk, 4096 * 512, 1, {});
  const PartitionTable table = grown(*disk);
  CHECK(table.problems.empty());
  CHECK(table.partitions.at(2).end() == kSize);
}

TEST_CASE("a primary partition grows, and its CHS address with it") {
  auto disk = test::mbr_disk();
  test::put_entry(*disk, 0, 1, {});
  const PartitionTable table = grown(*disk);
  REQUIRE(table.partitions.size() == 1);
  CHECK(table.partitions[0].end() == kSize);
  CHECK(table.partitions[0].active);
  CHECK(table.raw.mbr->entries[0].last_chs == chs_of(kSize / 512 - 1, {}));
}

TEST_CASE("nothing in an MBR grows beyond block 2^32") {
  auto disk = test::mbr_disk();
  TableEdit edit = fit_gpt(read_partition_table(*disk), 5 * TiB, 512);
  edit = grow_last(edit.table);
  CHECK(edit.table.partitions.at(3).end() == 2 * TiB);
  CHECK(edit.table.raw.mbr->entries[1].last_chs == ChsBytes{0xFE, 0xFF, 0xFF});
  CHECK(edit.table.problems.empty());
}

TEST_CASE("growing is refused where it would harm or there is nothing to grow") {
  MemoryDevice blank("blank", MiB);
  CHECK_THROWS_AS(grow_last(read_partition_table(blank)), Error);
  auto disk = test::golden_disk();
  test::put_entry(*disk, 0, 1, {.type = 0x0c, .first_lba = le32(2048), .sectors = le32(2048)});
  CHECK_THROWS_AS(grow_last(read_partition_table(*disk)), Error);  // hybrid
  disk = test::golden_disk(kSize + MiB);
  disk->bytes()[kSize - 512] = std::byte{0};
  TableEdit edit = fit_gpt(read_partition_table(*disk), disk->size(), 512);
  CHECK_NOTHROW(grow_last(edit.table));
  edit.table.backup = BackupState::missing;
  CHECK_THROWS_AS(grow_last(edit.table), Error);
  disk = test::mbr_disk();
  test::put_entry(*disk, 0, 2, {.type = 0x83, .first_lba = le32(3000), .sectors = le32(2000)});
  CHECK_THROWS_WITH_AS(
      grow_last(read_partition_table(*disk)),
      "disk: its partition table is not sound: partitions 1 and 3 overlap; correct this first", Error);
  test::put_entry(*disk, 0, 2, {.type = 0x83, .first_lba = le32(13000), .sectors = le32(10)});
  CHECK(grow_last(read_partition_table(*disk)).table.partitions.at(2).end() == kSize);
  test::put_entry(*disk, 0, 0, {});
  test::put_entry(*disk, 0, 2, {});
  for (const std::uint64_t lba : {4096, 8192}) test::put_entry(*disk, lba * 512, 0, {});
  CHECK(grow_last(read_partition_table(*disk)).table.partitions.at(0).end() ==
        kSize);  // an empty extended one
}
