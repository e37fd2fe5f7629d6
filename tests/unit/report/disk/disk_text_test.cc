// SPDX-License-Identifier: Apache-2.0
#include "report/disk/disk_text.h"

#include <doctest/doctest.h>

#include <cstdio>

#include "report/disk/made_up_layout.h"

using namespace san;
using namespace san::partition;
using namespace san::picture;
using namespace san::report;

namespace {

/// The lines of a text.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    REQUIRE(end != std::string::npos);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// The bar alone, from its upper to its lower edge.
std::string bar_of(const std::string& text) {
  const std::size_t begin = text.find("\n\n") + 2;
  return text.substr(begin, text.find("\n ", begin) + 1 - begin);
}

std::string without_color(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\x1b')
      i = text.find('m', i);
    else
      out += text[i];
  return out;
}

}  // namespace

TEST_CASE("a disk in ASCII at 60 columns") {
  CHECK(bar_of(draw_text(test::made_up_server(), {60, false, false})) ==
        "+-+--------------------+-------+---------------------------+\n"
        "|1|2 root ext4         |       |3 data lvm                 |\n"
        "|:|######+.............|///////|???????????????????????????|\n"
        "+-+--------------------+-------+---------------------------+\n");
}

TEST_CASE("no line is wider than the canvas, and every line of the bar is just as wide") {
  DiskLayout layout = test::made_up_server();
  test::put_stored(layout, 3 * GiB);
  layout.table.problems = {{Severity::warning, "",
                            "something about the table that takes more than a line "
                            "of a narrow terminal to say, and then some more"}};
  for (const bool utf8 : {false, true})
    for (unsigned width = 50; width <= 200; ++width) {
      const std::string text = draw_text(layout, {width, utf8, false});
      for (const std::string& line : lines_of(text)) {
        REQUIRE(columns(as_printable(line)) <= width);
        REQUIRE(!line.ends_with(" "));
      }
      const auto bar = lines_of(bar_of(text));
      REQUIRE(bar.size() == (utf8 ? 6 : 5));
      for (const std::string& line : bar) REQUIRE(columns(as_printable(line)) == width);
    }
}

TEST_CASE("colour changes nothing but colour, and there is none where none is wanted") {
  DiskLayout layout = test::made_up_server();
  layout.table.problems = {{Severity::error, "", "broken"}};
  const std::string plain = draw_text(layout, {80, true, false}), color = draw_text(layout, {80, true, true});
  CHECK(plain.find('\x1b') == std::string::npos);
  CHECK(color.find("\x1b[1;31merror: \x1b[0m") != std::string::npos);
  CHECK(without_color(color) == plain);
}

TEST_CASE("without UTF-8 there is only ASCII, whatever the names are") {
  DiskLayout layout = test::made_up_server();
  layout.volumes[1].label = "caf\xc3\xa9";
  layout.device = "\xe6\x97\xa5";
  const std::string text = draw_text(layout, {80, false, true});
  for (const char c : text) REQUIRE(static_cast<unsigned char>(c) < 0x80);
}

TEST_CASE("a little is seen, and what is nearly full is not full") {
  PartitionTable table;
  table.device_size = 78 * MiB;
  DiskLayout layout = test::made_up_layout(table);
  test::put_file_system(layout, 0, "ext4", 1);
  CHECK(bar_of(draw_text(layout, {80, false, false})).find("|:......") != std::string::npos);
  layout = test::made_up_layout(table);
  test::put_file_system(layout, 0, "ext4", 78 * MiB - 1);
  CHECK(bar_of(draw_text(layout, {80, false, false})).find("##*|") != std::string::npos);
  CHECK(bar_of(draw_text(layout, {80, true, false})).find("█▇│") != std::string::npos);
}

TEST_CASE("what lies behind the end of a file system is not its free space") {
  PartitionTable table = test::made_up_gpt(100 * GiB);
  table.partitions = {test::made_up_partition(1, MiB, 100 * GiB - 2 * MiB)};
  DiskLayout layout = test::made_up_layout(table);
  const std::uint64_t half = layout.volumes[0].entry.length / 2;
  test::put_file_system(layout, 0, "ext4", half / 4);
  layout.volumes[0].spanned = half;
  for (LayoutRegion& region : layout.regions)
    if (region.kind == Region::Kind::partition) region.spanned = half;
  const std::string bar = bar_of(draw_text(layout, {42, false, false}));
  CHECK(bar.find("|#####...............////////////////////|") != std::string::npos);
}

TEST_CASE("overlaps, and what is beyond the table") {
  PartitionTable table = test::made_up_gpt(100 * MiB);
  table.device_size = 200 * MiB;
  table.partitions = {test::made_up_partition(1, MiB, 60 * MiB),
                      test::made_up_partition(2, 50 * MiB, 45 * MiB)};
  const std::string bar = bar_of(draw_text(test::made_up_layout(table), {60, false, false}));
  CHECK(bar ==
        "+-------------+---+---------+--+---------------------------+\n"
        "|1 unknown    |!  |2 unknown|  |beyond table               |\n"
        "|?????????????|!!!|?????????|//|xxxxxxxxxxxxxxxxxxxxxxxxxxx|\n"
        "+-------------+---+---------+--+---------------------------+\n");
}

TEST_CASE("hundreds of partitions in a narrow terminal") {
  PartitionTable table = test::made_up_gpt(GiB);
  for (std::uint32_t n = 1; n <= 128; ++n)
    table.partitions.push_back(test::made_up_partition(n, n * 4 * MiB, 4 * MiB));
  const std::string text = draw_text(test::made_up_layout(table), {60, false, false});
  for (const std::string& line : lines_of(bar_of(text))) CHECK(line.size() == 60);
  CHECK(text.find("%%%%") != std::string::npos);
  CHECK(text.find("128 of the partitions share cells (%) of the bar") != std::string::npos);
}

TEST_CASE("a disk of nothing, and the largest there is") {
  CHECK(draw_text(test::made_up_layout(PartitionTable()), {80, false, false}) ==
        "disk  0 B, no partition table, blocks of 0 bytes\n");
  PartitionTable table;
  table.device_size = ~std::uint64_t{0} / 512 * 512;
  DiskLayout layout = test::made_up_layout(table);
  test::put_file_system(layout, 0, "xfs v5", table.device_size / 2);
  const std::string text = draw_text(layout, {62, false, false});
  CHECK(text.find("used 8.0 EiB") != std::string::npos);
  CHECK(bar_of(text).find("|" + std::string(30, '#') + std::string(30, '.') + "|") != std::string::npos);
}
