// SPDX-License-Identifier: Apache-2.0
#include "report/disk/row_table.h"

#include <doctest/doctest.h>

#include "report/disk/made_up_layout.h"

using namespace san;
using namespace san::report;

TEST_CASE("columns come as they fit, the most wanted first") {
  const auto rows = rows_of(test::made_up_server());
  CHECK(draw_rows(rows, {48, false, false}) ==
        "  #      start       size  content      used\n"
        "  1    1.0 MiB  512.0 MiB  fat32          1%\n"
        "  2  513.0 MiB   24.0 GiB  ext4          33%\n"
        "  -   24.5 GiB    8.0 GiB  unallocated\n"
        "  3   32.5 GiB   31.5 GiB  lvm             ?\n");
  CHECK(draw_rows(rows, {80, false, false}) ==
        "  #      start       size  content      name     used\n"
        "  1    1.0 MiB  512.0 MiB  fat32        EFI   6.0 MiB   1%  #.........\n"
        "  2  513.0 MiB   24.0 GiB  ext4         root  8.0 GiB  33%  ###.......\n"
        "  -   24.5 GiB    8.0 GiB  unallocated\n"
        "  3   32.5 GiB   31.5 GiB  lvm          data             ?\n");
  CHECK(draw_rows(rows, {100, false, false}).text().find("Linux filesystem") != std::string::npos);
  CHECK(draw_rows({}, {80, false, false}).empty());
}

TEST_CASE("a long name is cut, and one that would turn the line is not sent") {
  auto rows = rows_of(test::made_up_server());
  rows[1].name = std::string(60, 'x');
  rows[0].name = "\xe2\x80\xae\x1b[1m";
  const std::string text = draw_rows(rows, {120, false, false});
  CHECK(text.find(std::string(27, 'x') + "~") != std::string::npos);
  CHECK(text.find("\\u202e\\x1b[1m") != std::string::npos);
}
