// SPDX-License-Identifier: Apache-2.0
#include "partition/partition_table.h"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

#include "core/units.h"
#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

TEST_CASE("a disk of the needed size holds all partitions and the backup") {
  PartitionTable table = read_partition_table(*test::golden_disk());
  CHECK(needed_size(table) == test::kGoldenSize);
  // Partition 4 removed: 2 ends at 4 MiB, behind it 32 blocks of entries and the header.
  auto disk = test::golden_disk();
  for (const std::uint64_t lba : {std::uint64_t{1}, std::uint64_t{16383}}) {
    GptCopy copy = test::parse_copy(*disk, lba);
    write_at(copy.entries, 3 * 128, GptEntry{});
    test::put_copy(*disk, copy, 512);
  }
  CHECK(needed_size(read_partition_table(*disk)) == 4 * MiB + 33 * 512);
  CHECK(needed_size(read_partition_table(*test::mbr_disk())) == 12288 * 512);
  MemoryDevice blank("blank", 5 * MiB);
  CHECK(needed_size(read_partition_table(blank)) == 5 * MiB);
}

TEST_CASE("text has a row a partition") {
  const std::string text = to_table(read_partition_table(*test::golden_disk())).text();
  CHECK(text ==
        "Number    Start     Size  Type              Name        UUID\n"
        "     1  1.0 MiB  1.0 MiB  EFI System        EFI         00000001-0002-0003-0405-060708090a0b\n"
        "     2  2.0 MiB  2.0 MiB  Linux filesystem  wurzel \xc3\xa4 \xe2\x82\xac  "
        "00000002-0002-0003-0405-060708090a0b\n"
        "     4  4.0 MiB  4.0 MiB  Linux swap        \xf0\x9f\x98\x80swap       "
        "00000004-0002-0003-0405-060708090a0b\n");
}

TEST_CASE("JSON has bytes and the words that scripts test for") {
  const Json json = to_json(read_partition_table(*test::golden_disk(test::kGoldenSize + MiB)));
  CHECK(json["kind"] == "gpt");
  CHECK(json["sector_size"] == 512);
  CHECK(json["disk_id"] == "11223344-5566-7788-99aa-bbccddeeff00");
  CHECK(json["backup"] == "not-at-end");
  CHECK(json["protective"] == "wrong-size");
  CHECK(json["problems"].size() == 2);
  CHECK(json["problems"][0]["severity"] == "warning");
  CHECK(json["partitions"][2]["number"] == 4);
  CHECK(json["partitions"][2]["start"] == 4 * MiB);
  CHECK(json["partitions"][2]["size"] == 8159 * 512);
  CHECK(json["partitions"][2]["type_id"] == "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f");
  CHECK(json["partitions"][2]["attributes"] == 4);
  MemoryDevice blank("blank", MiB);
  const Json none = to_json(read_partition_table(blank));
  CHECK(none["kind"] == "none");
  CHECK(none["disk_id"].is_null());
  CHECK(none["partitions"].empty());
}
