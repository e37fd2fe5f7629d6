// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/units.h"
#include "partition/edit/table_edit.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;
using Stage = TableWrite::Stage;

namespace {

constexpr std::uint64_t kSize = test::kGoldenSize;

}  // namespace

TEST_CASE("the backup comes first, the first block last") {
  const auto disk = test::golden_disk();
  const auto writes = table_writes(read_partition_table(*disk));
  REQUIRE(writes.size() == 5);
  CHECK(writes[0].offset == kSize - 33 * 512);
  CHECK(writes[1].offset == kSize - 512);
  CHECK(writes[1].stage == Stage::backup);
  CHECK(writes[2].offset == 1024);
  CHECK(writes[2].stage == Stage::primary_entries);
  CHECK(writes[3].offset == 512);
  CHECK(writes[3].stage == Stage::primary_header);
  CHECK(writes[4].offset == 0);
  CHECK(writes[4].stage == Stage::boot_records);
  const auto logical = table_writes(read_partition_table(*test::mbr_disk()));
  REQUIRE(logical.size() == 3);
  CHECK(logical[0].offset == 8192 * 512);
  CHECK(logical[1].offset == 4096 * 512);
  CHECK(logical[2].offset == 0);
}

TEST_CASE("an unchanged table is written back as it was") {
  for (const std::uint32_t block : {512U, 4096U}) {
    const auto disk = test::gpt_disk(kSize, block, block);
    for (const TableWrite& write : table_writes(read_partition_table(*disk)))
      CHECK(std::equal(write.bytes.begin(), write.bytes.end(),
                       disk->bytes().begin() + static_cast<std::ptrdiff_t>(write.offset)));
  }
}

TEST_CASE("a table is only written to a device that it was made for") {
  auto disk = test::golden_disk();
  const PartitionTable table = read_partition_table(*disk);
  MemoryDevice larger("larger", 2 * kSize);
  CHECK_THROWS_AS(apply_table(larger, table), Error);
  MemoryDevice coarse("coarse", kSize, std::byte{0}, 4096);
  CHECK_THROWS_AS(apply_table(coarse, table), Error);
  CHECK(larger.bytes()[510] == std::byte{0});
}

TEST_CASE("stages are parted by flushes, and transfers stay within the limit") {
  auto below = test::golden_disk(2 * kSize);
  Limits limits = below->limits();
  limits.max_transfer = 4096;
  below->set_limits(limits);
  test::CountingDevice device(std::move(below));
  TableEdit edit = fit_gpt(read_partition_table(device), device.size(), 512);
  edit = new_ids(edit.table);
  apply_table(device, edit.table);
  // Entries are 4 writes of 4 KiB each time.
  CHECK(device.log == "wwwww f wwww f w f w f");
  device.log.clear();
  CHECK(apply_table(device, edit.table) == 0);
  CHECK(device.log.empty());
}

TEST_CASE("whenever the writing stops, one whole copy of the table is on the disk") {
  const auto outcome = [](unsigned writes) {
    test::CountingDevice device(test::golden_disk(2 * kSize));
    TableEdit edit = fit_gpt(read_partition_table(device), device.size(), 512);
    edit = grow_last(edit.table);
    edit = new_ids(edit.table);
    device.writes_left = writes;
    bool finished = true;
    try {
      apply_table(device, edit.table);
    } catch (const Error&) {
      finished = false;
    }
    const PartitionTable now = read_partition_table(device);
    CHECK(now.partitions.size() == 3);
    CHECK((now.raw.primary.good() || now.raw.backup.good()));
    CHECK(now.partitions[0].offset == MiB);
    // A second run brings it to the end.
    device.writes_left = ~0U;
    if (now.raw.primary.good()) CHECK_NOTHROW(fit_gpt(now, device.size(), 512));
    CHECK_NOTHROW(apply_table(device, repair_gpt(now).table));
    CHECK(read_partition_table(device).problems.empty());
    return finished;
  };
  unsigned writes = 0;
  while (!outcome(writes)) ++writes;
  CHECK(writes == 5);
}
