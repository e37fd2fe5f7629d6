// SPDX-License-Identifier: Apache-2.0
#include "report/disk/disk_svg.h"

#include <doctest/doctest.h>

#include "report/disk/made_up_layout.h"

using namespace san;
using namespace san::partition;
using namespace san::picture;
using namespace san::report;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

bool has(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the picture needs nothing else, scales, and says in words what it shows") {
  const std::string svg = draw_svg(test::made_up_server());
  CHECK(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(has(svg, "viewBox=\"0 0 1000 "));
  CHECK(has(svg, "role=\"img\" aria-labelledby=\"disk-title disk-desc\""));
  CHECK(has(svg, "<title id=\"disk-title\">Map of disk</title>"));
  CHECK(has(
      svg,
      "<desc id=\"disk-desc\">64.0 GiB, GPT, blocks of 512 bytes; partition 1: fat32 &quot;EFI&quot;, 512.0 "
      "MiB "
      "from 1.0 MiB, 6.0 MiB used (1%); partition 2: ext4 &quot;root&quot;, 24.0 GiB from 513.0 MiB, 8.0 GiB "
      "used (33%); unallocated, 8.0 GiB from 24.5 GiB; partition 3: lvm"));
  CHECK(has(svg, "@media (prefers-color-scheme:dark)"));
  CHECK(has(svg, "partition 3 (lvm): use not known"));
  for (const char* foreign : {"<script", "@import", "@font-face", "href", "<image", "src="})
    CHECK_FALSE(has(svg, foreign));
  CHECK(count(svg, "http") == 1);  // the name of the language
  CHECK(count(svg, "<g>") == count(svg, "</g>"));
  CHECK(count(svg, "<g>") == 4);
  CHECK(count(svg, "<text") == count(svg, "</text>"));
}

TEST_CASE("a file system's used blocks are a silhouette: the first half of the width at full height") {
  PartitionTable table;
  table.device_size = 2 * GiB;
  DiskLayout layout = test::made_up_layout(table);
  test::put_file_system(layout, 0, "ext4", GiB);
  const std::string svg = draw_svg(layout);
  CHECK(has(svg, "<path class=\"ext\" d=\"M26 170H26V98H500V170H974V170Z\"/>"));
  CHECK_FALSE(has(svg, "lower strip"));
  test::put_stored(layout, GiB);
  CHECK(has(draw_svg(layout), "stored by the device (lower strip) 1.0 GiB"));
}

TEST_CASE("names from a disk cannot break out of the picture") {
  DiskLayout layout = test::made_up_server();
  layout.device = "</title><script>";
  layout.volumes[1].label = "<b>&\"'\x1b[2J";
  layout.volumes[2].content = "x\"y";
  layout.table.problems = {{Severity::error, "", "<i>"}};
  const std::string svg = draw_svg(layout, "two");
  CHECK_FALSE(has(svg, "<script"));
  CHECK_FALSE(has(svg, "<b>"));
  CHECK_FALSE(has(svg, "<i>"));
  CHECK_FALSE(has(svg, "\x1b"));
  CHECK(has(svg, "&lt;b&gt;&amp;&quot;&#39;\\x1b[2J"));
  CHECK(has(svg, "url(#two-gap)"));
  CHECK(has(svg, "<pattern id=\"two-gap\""));
  CHECK_FALSE(has(svg, "disk-gap"));
}

TEST_CASE("overlaps, tables, what is beyond, and no disk at all have their pictures") {
  PartitionTable table = test::made_up_gpt(4 * MiB);
  table.device_size = 6 * MiB;
  table.partitions = {test::made_up_partition(1, MiB, 2 * MiB), test::made_up_partition(2, 2 * MiB, MiB)};
  const std::string svg = draw_svg(test::made_up_layout(table));
  CHECK(has(svg, "class=\"overlap\""));
  CHECK(has(svg, "class=\"beyond\""));
  CHECK(has(svg, "class=\"table\""));
  CHECK(has(svg, "beyond the table 2.0 MiB"));
  CHECK(draw_svg(test::made_up_layout(PartitionTable())).ends_with("</svg>\n"));
}
