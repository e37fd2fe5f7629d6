// SPDX-License-Identifier: Apache-2.0
#include "filesystem/used_partitions.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::filesystem;
using namespace san::partition;
using san::test::mbr_entry;

namespace {

PartitionTable table_of(TableKind kind, std::initializer_list<Range> ranges) {
  PartitionTable table;
  table.kind = kind;
  table.sector_size = table.device_block = 512;
  table.device_size = 10 * MiB;
  for (const Range& range : ranges) {
    Partition partition;
    partition.number = static_cast<std::uint32_t>(table.partitions.size() + 1);
    partition.offset = range.offset;
    partition.length = range.length;
    table.partitions.push_back(partition);
  }
  return table;
}

void is_whole(const PartitionTable& table, std::size_t index, std::string_view part) {
  const auto found = partitions_to_look_at(table);
  REQUIRE(found.size() > index);
  CHECK_MESSAGE(found[index].copy_whole_reason.find(part) != std::string::npos,
                found[index].copy_whole_reason);
  CHECK(found[index].warning);
}

}  // namespace

TEST_CASE("used partitions: in the order of their place, without containers and empty ones") {
  auto table = table_of(TableKind::mbr, {{5 * MiB, MiB}, {MiB, 3 * MiB}, {0, 0}, {2 * MiB, MiB}});
  table.partitions[1].extended = true;
  const auto found = partitions_to_look_at(table);
  REQUIRE(found.size() == 2);
  CHECK(found[0].number == 4);
  CHECK(found[1].number == 1);
  for (const UsedPartition& one : found) {
    CHECK(one.copy_whole_reason.empty());
    CHECK_FALSE(one.warning);
  }
}

TEST_CASE("used partitions: those that overlap are copied whole, neighbours are not") {
  const auto table = table_of(
      TableKind::gpt, {{MiB, MiB}, {2 * MiB - 512, MiB}, {4 * MiB, MiB}, {5 * MiB, MiB}, {7 * MiB, 2 * MiB}});
  is_whole(table, 0, "overlaps partition 2");
  is_whole(table, 1, "overlaps partition 1");
  const auto found = partitions_to_look_at(table);
  CHECK(found[2].copy_whole_reason.empty());
  CHECK(found[3].copy_whole_reason.empty());
  is_whole(table_of(TableKind::gpt, {{MiB, MiB}, {MiB, MiB}}), 0, "overlaps partition 2");
}

TEST_CASE("used partitions: one that lies over the table") {
  is_whole(table_of(TableKind::mbr, {{0, MiB}}), 0, "overlaps the MBR");
  auto table = table_of(TableKind::mbr, {{MiB, 2 * MiB}, {4 * MiB, MiB}});
  table.raw.chain.push_back({.lba = 4096, .sector = {}, .block = {}});
  is_whole(table, 0, "overlaps an extended boot record");
  CHECK(partitions_to_look_at(table)[1].copy_whole_reason.empty());

  table = table_of(TableKind::gpt, {{MiB, MiB}, {8 * MiB, 2 * MiB}});
  table.raw.backup.state = GptCopy::State::good;
  table.raw.backup.lba = 20479;
  is_whole(table, 1, "overlaps a GPT header");
  CHECK(partitions_to_look_at(table)[0].copy_whole_reason.empty());
}

TEST_CASE("used partitions: one that reaches past the end") {
  const auto table = table_of(TableKind::gpt, {{MiB, MiB}, {8 * MiB, 3 * MiB}, {12 * MiB, MiB}});
  is_whole(table, 1, "past the end of the device");
  is_whole(table, 2, "past the end of the device");
  const auto found = partitions_to_look_at(table);
  CHECK(found[1].length == 2 * MiB);
  CHECK(found[2].offset == 10 * MiB);
  CHECK(found[2].length == 0);
  CHECK(found[0].copy_whole_reason.empty());
}

TEST_CASE("used partitions: a hybrid MBR may repeat partitions, not cut into them") {
  auto table = table_of(TableKind::hybrid, {{MiB, MiB}, {2 * MiB, MiB}});
  table.raw.mbr.emplace();
  table.raw.mbr->entries[0] = mbr_entry(0xee, 1, 2047);
  table.raw.mbr->entries[1] = mbr_entry(0x83, 2048, 2048);
  CHECK(partitions_to_look_at(table)[0].copy_whole_reason.empty());
  table.raw.mbr->entries[1].sectors = 2049;
  is_whole(table, 0, "hybrid MBR");
  is_whole(table, 1, "hybrid MBR");
}

TEST_CASE("used partitions: a table in doubt frees nothing") {
  auto table = table_of(TableKind::gpt, {{MiB, MiB}});
  table.backup = BackupState::differs;
  is_whole(table, 0, "differs");
  table = table_of(TableKind::gpt, {{MiB, MiB}});
  table.raw.other_size = 4096;
  is_whole(table, 0, "two GPTs");
  table = table_of(TableKind::mbr, {{MiB, MiB}});
  table.raw.content = "ext";
  is_whole(table, 0, "looks like ext");
  table = table_of(TableKind::mbr, {{MiB, MiB}});
  table.raw.primary.state = GptCopy::State::good;
  is_whole(table, 0, "beside the MBR");
  table = table_of(TableKind::none, {});
  CHECK(partitions_to_look_at(table)[0].copy_whole_reason.empty());
  table.raw.backup.state = GptCopy::State::good;
  is_whole(table, 0, "backup of a GPT");
}

TEST_CASE("used partitions: dynamic disks are no fault") {
  auto table = table_of(TableKind::mbr, {{MiB, MiB}});
  table.partitions[0].type_id = "0x42";
  const auto found = partitions_to_look_at(table);
  CHECK(found[0].copy_whole_reason.find("dynamic disk") != std::string::npos);
  CHECK_FALSE(found[0].warning);
}

TEST_CASE("used partitions: what is a part of an ISO 9660 volume is copied whole") {
  auto table = table_of(TableKind::mbr, {{MiB, MiB}, {4 * MiB, MiB}, {6 * MiB, MiB}});
  table.raw.loose = LooseVolume{"iso9660", "", 5 * MiB};
  is_whole(table, 0, "overlaps iso9660");
  is_whole(table, 1, "overlaps iso9660");
  CHECK(partitions_to_look_at(table)[2].copy_whole_reason.empty());
}
