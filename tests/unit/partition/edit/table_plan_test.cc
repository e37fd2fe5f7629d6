// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/table_plan.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "partition/edit/gpt_build.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

namespace {

constexpr std::uint64_t kSize = test::kGoldenSize;

TablePlan plan(MemoryDevice& disk, std::uint64_t size, const TableEdits& edits = {},
               std::uint32_t block = 512) {
  return plan_table(read_partition_table(disk), size, block, edits);
}

/// Neither copy of its GPT is good.
std::unique_ptr<MemoryDevice> lost_disk() {
  auto disk = test::golden_disk();
  disk->bytes()[600] ^= std::byte{1};
  disk->bytes()[kSize - 424] ^= std::byte{1};
  return disk;
}

}  // namespace

TEST_CASE("a disk of the same size gets the same table, and nothing is said") {
  for (const auto& disk : {test::golden_disk(), test::mbr_disk(), test::gpt_disk(kSize, 4096, 512)}) {
    const TablePlan same = plan(*disk, kSize, {}, 0);
    CHECK_FALSE(same.table);
    CHECK(same.silent());
  }
  // Not even where the table belongs to a smaller disk.
  CHECK(plan(*test::golden_disk(2 * kSize), 2 * kSize).silent());
}

TEST_CASE("a GPT is fitted to a larger disk, and sound there") {
  const auto disk = test::golden_disk();
  const TablePlan fitted = plan(*disk, 2 * kSize);
  REQUIRE(fitted.table);
  CHECK(fitted.fitted);
  CHECK(fitted.table->device_size == 2 * kSize);
  CHECK(fitted.table->backup == BackupState::good);
  CHECK(fitted.table->problems.empty());
  CHECK(fitted.notes.empty());
  CHECK_FALSE(plan(*disk, 2 * kSize, {.fit = false}).table);
  // What is left of a last block does not count.
  CHECK(plan(*disk, 2 * kSize + 300).table->device_size == 2 * kSize);
}

TEST_CASE("a table for other blocks than those of the file it is in") {
  const auto disk = test::gpt_disk(kSize, 4096, 512);
  const TablePlan fitted = plan(*disk, 2 * kSize, {}, 4096);
  REQUIRE(fitted.table);
  CHECK(fitted.table->problems.empty());
  CHECK(plan(*disk, kSize, {.new_ids = true}, 4096).table->problems.empty());
  CHECK(plan(*disk, 2 * kSize, {}, 512).unfitted.find("4096") != std::string::npos);
}

TEST_CASE("an image that was cut off becomes whole again") {
  const auto disk = test::golden_disk(kSize - 4096);
  const TablePlan fitted = plan(*disk, kSize);
  REQUIRE(fitted.table);
  CHECK(fitted.table->problems.empty());
}

TEST_CASE("what cannot be fitted is left as it is, with the reason") {
  MemoryDevice blank("blank", kSize);
  CHECK(plan(blank, 2 * kSize).unfitted == "there is no partition table");
  const TablePlan mbr = plan(*test::mbr_disk(), 2 * kSize);
  CHECK_FALSE(mbr.table);
  CHECK(mbr.unfitted.find("MBR") != std::string::npos);
  CHECK(plan(*test::mbr_disk(), 2 * kSize, {.fit = false}).silent());
  const TablePlan lost = plan(*lost_disk(), 2 * kSize);
  CHECK(lost.unfitted.find("primary GPT is damaged") != std::string::npos);
  CHECK(lost.warnings.size() == 1);
  const auto overlapping = test::golden_disk();
  GptCopy copy = test::parse_copy(*overlapping, 1);
  GptEntry entry = gpt_entry(copy, 1);
  entry.first_lba = 2048;
  write_at(copy.entries, 128, entry);
  test::put_copy(*overlapping, copy, 512);
  const TablePlan stale = plan(*overlapping, 2 * kSize);
  CHECK_FALSE(stale.table);
  CHECK_FALSE(stale.unfitted.empty());
  CHECK_THROWS_AS(plan(*overlapping, 2 * kSize, {.must_fit = true}), Error);
  CHECK_NOTHROW(plan(*overlapping, kSize, {.must_fit = true}));
  CHECK_NOTHROW(plan(*test::mbr_disk(), 2 * kSize, {.must_fit = true}));
}

TEST_CASE("a disk that lives by its backup gets both copies on a larger one, and stays as it is elsewhere") {
  const auto disk = test::golden_disk();
  disk->bytes()[600] ^= std::byte{1};
  const TablePlan whole = plan(*disk, 2 * kSize, {.must_fit = true});
  REQUIRE(whole.table);
  CHECK(whole.fitted);
  CHECK(whole.warnings.empty());
  CHECK(whole.table->problems.empty());
  CHECK(whole.table->partitions == read_partition_table(*test::golden_disk()).partitions);
  CHECK(plan(*disk, 2 * kSize, {.grow_last = true, .new_ids = true}).table->problems.empty());
  const TablePlan same = plan(*disk, kSize);
  CHECK_FALSE(same.table);
  CHECK(same.notes.size() == 1);
  const TablePlan left = plan(*disk, 2 * kSize, {.fit = false});
  CHECK_FALSE(left.table);
  CHECK(left.warnings.size() == 1);
}

TEST_CASE("a backup that can neither be fitted nor found any more is refused") {
  const auto disk = test::golden_disk();
  disk->bytes()[512] ^= std::byte{1};
  GptCopy copy = test::parse_copy(*disk, kSize / 512 - 1);
  GptEntry entry = gpt_entry(copy, 1);
  entry.first_lba = 2048;
  write_at(copy.entries, 128, entry);
  test::put_copy(*disk, copy, 512);
  CHECK_THROWS_AS(plan(*disk, 2 * kSize), Error);
  CHECK_NOTHROW(plan(*disk, kSize));
  CHECK_NOTHROW(plan(*disk, 2 * kSize, {.fit = false}));
}

TEST_CASE("the backup of a GPT that does not count is told of") {
  const auto disk = test::golden_disk();
  test::put_hex(*disk, 446, "0000000083000000000800000010000000000000000000000000000000000000");
  disk->bytes()[512] ^= std::byte{1};
  CHECK(plan(*disk, 2 * kSize).notes.size() == 1);
  CHECK(plan(*disk, kSize).silent());
}

TEST_CASE("what was asked for and cannot be done is refused") {
  MemoryDevice blank("blank", kSize);
  CHECK_THROWS_AS(plan(blank, kSize, {.grow_last = true}), Error);
  CHECK_THROWS_AS(plan(blank, kSize, {.new_ids = true}), Error);
  const auto damaged = test::golden_disk();
  damaged->bytes()[600] ^= std::byte{1};
  CHECK_THROWS_AS(plan(*lost_disk(), 2 * kSize, {.grow_last = true}), Error);
  CHECK_THROWS_AS(plan(*damaged, kSize, {.new_ids = true}), Error);
  CHECK_THROWS_AS(plan(*test::mbr_disk(), kSize, {.convert = true}, 4096), Error);
}

TEST_CASE("the last partition grows to the end of the other disk, with the note after it") {
  const TablePlan gpt = plan(*test::golden_disk(), 2 * kSize, {.grow_last = true});
  REQUIRE(gpt.grown);
  CHECK(gpt.grown->number == 4);
  CHECK(gpt.grown->end() == 2 * kSize - MiB);
  CHECK(gpt.table->problems.empty());
  const TablePlan mbr = plan(*test::mbr_disk(), 2 * kSize, {.grow_last = true});
  REQUIRE(mbr.grown);
  CHECK(mbr.grown->number == 6);
  CHECK(mbr.grown->end() == 2 * kSize);
  const TablePlan full = plan(*test::golden_disk(kSize), kSize, {.grow_last = true});
  CHECK_FALSE(full.grown);
  CHECK_FALSE(full.silent());
}

TEST_CASE("identifiers that a disk has are found again") {
  for (const bool gpt : {true, false}) {
    const auto disk = gpt ? test::golden_disk(2 * kSize) : test::mbr_disk();
    const PartitionTable source = read_partition_table(*disk);
    const TablePlan first = plan_table(source, disk->size(), 512, {.new_ids = true});
    REQUIRE(first.table);
    CHECK(first.new_ids);
    CHECK(first.notes.size() == 1);
    CHECK_FALSE(first.warnings.empty());
    CHECK(first.table->disk_id != source.disk_id);
    const TablePlan again = plan_table(source, disk->size(), 512, {.new_ids = true}, ids_of(*first.table));
    CHECK(again.table->disk_id == first.table->disk_id);
    CHECK(again.table->partitions == first.table->partitions);
    const TablePlan other = plan_table(source, disk->size(), 512, {.new_ids = true}, ids_of(source));
    // Whoever made them, and whatever version of a GUID they are.
    CHECK((other.table->disk_id == source.disk_id) == gpt);
    CHECK((other.table->partitions == source.partitions) == gpt);
  }
}

TEST_CASE("a converted table is fitted as well") {
  const auto disk = test::gpt_disk(kSize, 512, 512);
  const TablePlan converted =
      plan(*disk, 2 * kSize, {.grow_last = true, .new_ids = true, .convert = true}, 4096);
  REQUIRE(converted.table);
  CHECK(converted.converted);
  CHECK(converted.fitted);
  CHECK(converted.grown);
  CHECK(converted.table->sector_size == 4096);
  CHECK(converted.table->problems.empty());
  CHECK_FALSE(plan(*disk, kSize, {.convert = true}, 512).table);
}
