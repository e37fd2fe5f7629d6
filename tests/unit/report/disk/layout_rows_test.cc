// SPDX-License-Identifier: Apache-2.0
#include "report/disk/layout_rows.h"

#include <doctest/doctest.h>

#include "report/disk/made_up_layout.h"

using namespace san;
using namespace san::partition;
using namespace san::picture;
using namespace san::report;

TEST_CASE("rows: partitions and gaps worth mentioning, by place") {
  const auto rows = rows_of(test::made_up_server());
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].number == 1);
  CHECK(rows[0].name == "EFI");
  CHECK(rows[0].used == 6 * MiB);
  CHECK(rows[0].percent() == "1%");
  CHECK(rows[1].percent() == "33%");
  CHECK(rows[2].content == "unallocated");
  CHECK_FALSE(rows[2].number);
  CHECK(rows[2].percent().empty());
  CHECK(rows[3].content == "lvm");
  CHECK(rows[3].percent() == "?");
}

TEST_CASE("percentages are rounded to neither end") {
  LayoutRow row;
  row.length = row.spanned = 1000000;
  const auto percent = [&](std::uint64_t used) {
    row.used = used;
    return row.percent();
  };
  CHECK(percent(0) == "0%");
  CHECK(percent(1) == "<1%");
  CHECK(percent(4999) == "<1%");
  CHECK(percent(5000) == "1%");
  CHECK(percent(500000) == "50%");
  CHECK(percent(994999) == "99%");
  CHECK(percent(995000) == ">99%");
  CHECK(percent(999999) == ">99%");
  CHECK(percent(1000000) == "100%");
}

TEST_CASE("the label of the file system comes before the name of the partition") {
  DiskLayout layout = test::made_up_server();
  layout.volumes[1].label = "rootfs";
  CHECK(rows_of(layout)[1].name == "rootfs");
  const LayoutRegion* region = nullptr;
  for (const LayoutRegion& one : layout.regions)
    if (!one.owners.empty() && one.owners.front() == 1) region = &one;
  REQUIRE(region != nullptr);
  CHECK(names_of(layout, *region) ==
        std::vector<std::string>{"2 rootfs ext4", "2 rootfs", "2 ext4", "2", ""});
  CHECK(volume_of(layout, *region) == &layout.volumes[1]);
}

TEST_CASE("a container comes before what is in it, and gaps in it name it") {
  PartitionTable table;
  table.kind = TableKind::mbr;
  table.sector_size = table.device_block = 512;
  table.device_size = table.usable_end = GiB;
  table.partitions = {test::made_up_partition(1, 100 * MiB, 900 * MiB),
                      test::made_up_partition(5, 100 * MiB, MiB)};
  table.partitions[0].extended = true;
  const auto rows = rows_of(test::made_up_layout(table));
  REQUIRE(rows.size() == 5);
  CHECK(rows[1].extended);
  CHECK(rows[1].percent().empty());
  CHECK(rows[2].number == 5);
  CHECK(rows[3].type == "in partition 1");
  CHECK(rows[4].type.empty());
}

TEST_CASE("notes: the worst first, one for all partitions of which the same is to be said") {
  DiskLayout layout = test::made_up_server();
  layout.table.problems = {{Severity::warning, "", "w"}, {Severity::error, "", "e"}};
  layout.volumes[1].grow = "let its ext4 grow by resize2fs /dev/sdX2";
  layout.volumes[1].spanned = 20 * GiB;
  layout.why_not_stored = "it is in too many pieces";
  auto notes = notes_of(layout);
  REQUIRE(notes.size() == 5);
  CHECK(notes[0].text == "e");
  CHECK(notes[1].text == "w");
  CHECK(notes[2].text ==
        "partition 3 (lvm): use not known: its content is only visible through another layer");
  CHECK(notes[3].text ==
        "partition 2: 4.0 GiB behind its file system: let its ext4 grow by resize2fs /dev/sdX2");
  CHECK(notes[4].text == "what the device stores: it is in too many pieces");

  PartitionTable table = test::made_up_gpt(GiB);
  for (const std::uint32_t n : {1, 2, 4, 5, 6, 9})
    table.partitions.push_back(test::made_up_partition(n, n * MiB, MiB));
  notes = notes_of(test::made_up_layout(table));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].text == "partitions 1, 2, 4 to 6 and 9: use not known: it holds nothing that is recognised");
}

TEST_CASE("a blank device, and one that only does not tell what is on it") {
  PartitionTable table;
  table.device_size = GiB;
  table.device_block = 4096;
  DiskLayout layout = test::made_up_layout(table);
  CHECK(caption_of(layout) == "1.0 GiB, no partition table, blocks of 4096 bytes");
  CHECK(notes_of(layout)[0].text == "the device: use not known: it holds nothing that is recognised");
  test::put_stored(layout, 0);
  CHECK(notes_of(layout)[0].text == "the device is blank: nothing is stored on it");
  CHECK_FALSE(rows_of(layout)[0].number);
  layout = test::made_up_layout(PartitionTable());
  CHECK(rows_of(layout).empty());
  CHECK(notes_of(layout).empty());
}
