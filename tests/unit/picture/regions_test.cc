// SPDX-License-Identifier: Apache-2.0
#include "picture/regions.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <random>

#include "partition/iso_image.h"
#include "report/disk/made_up_layout.h"

using namespace san;
using namespace san::partition;
using namespace san::picture;

namespace {

/// "table 0+17408 GPT, unallocated …"; checks that nothing is left out or counted twice.
std::string words(const PartitionTable& table) {
  std::string text;
  std::uint64_t at = 0;
  for (const Region& region : regions_of(table)) {
    CHECK(region.offset == at);
    CHECK(region.length > 0);
    at = region.end();
    text += fmt::format("{}{} {}+{}", text.empty() ? "" : ", ", to_string(region.kind), region.offset / 512,
                        region.length / 512);
    if (!region.table.empty()) text += " " + region.table;
    for (const std::size_t owner : region.owners) text += fmt::format(" #{}", table.partitions[owner].number);
    if (region.container != 0) text += fmt::format(" in {}", region.container);
  }
  CHECK(at == table.device_size);
  return text;
}

}  // namespace

TEST_CASE("a GPT disk: tables, partitions, gaps") {
  PartitionTable table = test::made_up_gpt(8 * MiB);
  table.partitions = {test::made_up_partition(1, MiB, MiB), test::made_up_partition(2, 4 * MiB, MiB)};
  CHECK(words(table) ==
        "table 0+34 GPT, unallocated 34+2014, partition 2048+2048 #1, unallocated 4096+4096, "
        "partition 8192+2048 #2, unallocated 10240+6111, table 16351+33 backup GPT");
}

TEST_CASE("neighbours without a gap stay two, in whatever order they are listed") {
  PartitionTable table = test::made_up_gpt(8 * MiB);
  table.partitions = {test::made_up_partition(1, 2 * MiB, MiB), test::made_up_partition(2, MiB, MiB)};
  CHECK(words(table).find("partition 2048+2048 #2, partition 4096+2048 #1") != std::string::npos);
}

TEST_CASE("a disk that is larger than its table") {
  PartitionTable table = test::made_up_gpt(4 * MiB);
  table.device_size = 6 * MiB;
  CHECK(words(table) == "table 0+34 GPT, unallocated 34+8125, table 8159+33 backup GPT, beyond 8192+4096");
  CHECK(words(read_partition_table(*test::golden_disk(test::kGoldenSize + MiB)))
            .ends_with("beyond 16384+2048"));
}

TEST_CASE("a disk that is smaller than its table: what is outside is left out") {
  PartitionTable table = test::made_up_gpt(8 * MiB);
  table.device_size = 4 * MiB;
  table.partitions = {test::made_up_partition(1, MiB, 6 * MiB), test::made_up_partition(2, 7 * MiB, MiB / 2)};
  CHECK(words(table) == "table 0+34 GPT, unallocated 34+2014, partition 2048+6144 #1");
}

TEST_CASE("overlaps are nobody's") {
  PartitionTable table = test::made_up_gpt(8 * MiB);
  table.partitions = {test::made_up_partition(1, MiB, 3 * MiB), test::made_up_partition(2, 2 * MiB, MiB),
                      test::made_up_partition(3, 512, MiB)};
  CHECK(words(table) ==
        "table 0+1 GPT, overlap 1+33 GPT #3, partition 34+2014 #3, overlap 2048+1 #1 #3, partition 2049+2047 "
        "#1, "
        "overlap 4096+2048 #1 #2, partition 6144+2048 #1, unallocated 8192+8159, table 16351+33 backup GPT");
}

TEST_CASE("an extended partition is no region, but gaps in it know of it") {
  const auto disk = test::mbr_disk();
  const std::string text = words(read_partition_table(*disk));
  CAPTURE(text);
  CHECK(text.starts_with("table 0+1 MBR, unallocated"));
  CHECK(text.find("extended boot record") != std::string::npos);
  CHECK(text.find("#5 in 2") != std::string::npos);
  CHECK(text.find("#2") == std::string::npos);
}

TEST_CASE("an MBR does not reach beyond 2 TiB") {
  PartitionTable table;
  table.kind = TableKind::mbr;
  table.sector_size = table.device_block = 512;
  table.device_size = 3 * TiB;
  table.usable_end = 2 * TiB;
  table.partitions = {test::made_up_partition(1, MiB, MiB)};
  CHECK(words(table) ==
        "table 0+1 MBR, unallocated 1+2047, partition 2048+2048 #1, unallocated 4096+4294963200, beyond "
        "4294967296+2147483648");
}

TEST_CASE("where the table cannot be read, nothing is called unallocated") {
  PartitionTable table = test::made_up_gpt(4 * MiB);
  table.raw.primary.state = GptCopy::State::bad_entries;
  CHECK(words(table).find("unallocated 34") != std::string::npos);
  table.raw.backup.state = GptCopy::State::bad_header;
  CHECK(words(table) == "table 0+34 GPT, unknown 34+8158");
  const auto disk = test::mbr_disk();
  PartitionTable mbr = read_partition_table(*disk);
  mbr.raw.chain_fault = "runs in a circle";
  const std::string text = words(mbr);
  CAPTURE(text);
  CHECK(text.find("unknown") != std::string::npos);
  CHECK(text.find("unallocated 1+") != std::string::npos);
}

TEST_CASE("no table, and no device") {
  PartitionTable table;
  table.device_size = MiB;
  CHECK(words(table) == "partition 0+2048");
  table.device_size = 0;
  CHECK(regions_of(table).empty());
}

TEST_CASE("entries that end before they begin or at the end of all numbers") {
  PartitionTable table = test::made_up_gpt(~std::uint64_t{0} / 512 * 512);
  table.partitions = {test::made_up_partition(1, MiB, 0), test::made_up_partition(2, MiB, ~std::uint64_t{0})};
  CHECK(words(table).find("#1") == std::string::npos);
}

TEST_CASE("whatever a table says, regions cover the device once") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    PartitionTable table = test::made_up_gpt(64 * 512 + 512 * (random() % 2000));
    for (std::uint32_t n = 1; n <= random() % 20; ++n) {
      table.partitions.push_back(test::made_up_partition(n, 512 * (random() % 2200), 512 * (random() % 900)));
      table.partitions.back().extended = random() % 8 == 0;
    }
    words(table);
  }
}

TEST_CASE("thousands of partitions over each other take bounded memory") {
  PartitionTable table = test::made_up_gpt(GiB);
  for (std::uint32_t n = 1; n <= 4000; ++n)
    table.partitions.push_back(test::made_up_partition(n, MiB + 512 * n, 512 * MiB));
  for (const Region& region : regions_of(table)) REQUIRE(region.owners.size() <= kMaxOwners);
}

TEST_CASE("what lies beside the table is no gap; partitions and tables come first") {
  PartitionTable table = test::made_up_gpt(8 * MiB);
  table.partitions = {test::made_up_partition(1, MiB, MiB)};
  table.raw.loose = LooseVolume{"iso9660", "", 3 * MiB};
  CHECK(words(table) ==
        "table 0+34 GPT, partition 34+2014, partition 2048+2048 #1, partition 4096+2048, unallocated "
        "6144+10207, table 16351+33 backup GPT");
  table.raw.loose->end = ~std::uint64_t{0};
  CHECK(words(table).ends_with("partition 4096+12255, table 16351+33 backup GPT"));
  CHECK(
      words(read_partition_table(*test::isohybrid())) ==
      "table 0+1 MBR, partition 1+2047, partition 2048+2048 #2, partition 4096+8192, unallocated 12288+4096");
}

TEST_CASE("an MBR without partitions may be a boot sector: behind it nothing is known") {
  MemoryDevice disk("d", MiB);
  test::put_hex(disk, 510, "55aa");
  CHECK(words(read_partition_table(disk)) == "table 0+1 MBR, unknown 1+2047");
  test::put_entry(disk, 0, 0, {.type = 0x83, .first_lba = le32(2048), .sectors = le32(8)});
  CHECK(words(read_partition_table(disk)) == "table 0+1 MBR, unknown 1+2047");
  test::put_entry(disk, 0, 0, {.type = 0x83, .first_lba = le32(2040), .sectors = le32(8)});
  CHECK(words(read_partition_table(disk)) == "table 0+1 MBR, unallocated 1+2039, partition 2040+8 #1");
}
