// SPDX-License-Identifier: Apache-2.0
#include "partition/partition_list.h"

#include <doctest/doctest.h>

#include "partition/test_tables.h"

using namespace san;
using namespace san::partition;

namespace {

/// The texts of what the checks find in partitions given as number, first byte and one past the last.
std::vector<std::string> findings(std::vector<std::array<std::uint64_t, 3>> partitions,
                                  bool extended = false) {
  PartitionTable table;
  table.device_size = 1000;
  table.usable_begin = 100;
  table.usable_end = 900;
  for (const auto& [number, begin, end] : partitions) {
    Partition p;
    p.number = static_cast<std::uint32_t>(number);
    p.offset = begin;
    p.length = end > begin ? end - begin : 0;
    p.extended = extended && number == 2;
    table.partitions.push_back(p);
  }
  check_ranges(table);
  check_overlaps(table);
  std::vector<std::string> texts;
  for (const Diagnostic& problem : table.problems) texts.push_back(problem.text);
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("partitions side by side and out of order are fine") {
  CHECK(findings({{1, 500, 900}, {2, 100, 200}, {7, 200, 500}}) == Texts{});
}

TEST_CASE("partitions outside of the usable range and of the device") {
  CHECK(findings({{1, 99, 200}}) ==
        Texts{"partition 1 lies outside of the range that the table allows (bytes 100 to 900)"});
  CHECK(findings({{1, 800, 901}}).size() == 1);
  CHECK(findings({{1, 800, 1001}}) == Texts{"partition 1 ends at byte 1001, but the device has only 1000"});
  CHECK(findings({{3, 500, 500}}) == Texts{"partition 3 ends before it begins"});
}

TEST_CASE("overlaps, also with a partition further back") {
  CHECK(findings({{1, 100, 201}, {2, 200, 300}}) == Texts{"partitions 1 and 2 overlap"});
  CHECK(findings({{1, 100, 800}, {2, 200, 300}, {3, 300, 400}}) ==
        Texts{"partitions 1 and 2 overlap", "partitions 1 and 3 overlap"});
}

TEST_CASE("logical partitions lie inside of the extended one, primary ones outside") {
  CHECK(findings({{1, 100, 200}, {2, 200, 500}, {5, 210, 300}, {6, 310, 500}}, true) == Texts{});
  CHECK(findings({{2, 200, 500}, {5, 210, 501}}, true) ==
        Texts{"logical partition 5 is not inside of the extended partition 2"});
  CHECK(findings({{1, 100, 201}, {2, 200, 500}}, true) == Texts{"partitions 1 and 2 overlap"});
}

TEST_CASE("an entry whose numbers wrap around stays outside of every device") {
  auto disk = test::golden_disk();
  GptCopy copy = test::parse_copy(*disk, 1);
  GptEntry entry = gpt_entry(copy, 0);
  entry.first_lba = 1;
  entry.last_lba = ~std::uint64_t{0};
  write_at(copy.entries, 0, entry);
  entry.first_lba = 0x0080000000000001;  // times 512 it would wrap to 512
  entry.last_lba = 0x0080000000000001;
  write_at(copy.entries, 128, entry);
  entry.first_lba = 10;
  entry.last_lba = 9;
  write_at(copy.entries, 256, entry);
  test::put_copy(*disk, copy, 512);
  const PartitionTable table = read_partition_table(*disk);
  REQUIRE(table.partitions.size() == 4);
  CHECK(table.partitions[0].end() == ~std::uint64_t{0});
  CHECK(table.partitions[1].offset == ~std::uint64_t{0});
  CHECK(table.partitions[2].length == 0);
  CHECK(test::has_problem(table, "partition 1 ends at byte 18446744073709551615"));
  CHECK(test::has_problem(table, "partition 2 ends at byte 18446744073709551615"));
  CHECK(test::has_problem(table, "partition 3 ends before it begins"));
  CHECK(test::has_problem(table, "partition 2 has the GUID"));
}
