// SPDX-License-Identifier: Apache-2.0
#include "report/disk/bar_plan.h"

#include <doctest/doctest.h>

#include <numeric>
#include <random>

#include "report/disk/made_up_layout.h"

using namespace san;
using namespace san::partition;
using namespace san::picture;
using namespace san::report;

namespace {

unsigned sum(const std::vector<unsigned>& cells) {
  return std::accumulate(cells.begin(), cells.end(), 0U);
}

/// Cells and borders of a plan.
unsigned width_of(const BarPlan& plan, const BarOptions& options) {
  unsigned width = 2 * options.border;
  for (const BarSegment& segment : plan.segments) width += segment.cells;
  if (plan.separated) width += static_cast<unsigned>(plan.segments.size() - 1) * options.border;
  return width;
}

}  // namespace

TEST_CASE("cells are divided by weight, the rest goes to the largest remainders") {
  CHECK(divide(10, {{1, 0}, {1, 0}}) == std::vector<unsigned>{5, 5});
  CHECK(divide(10, {{1, 0}, {1, 0}, {1, 0}}) == std::vector<unsigned>{4, 3, 3});
  CHECK(divide(10, {{34, 0}, {33, 0}, {33, 0}}) == std::vector<unsigned>{4, 3, 3});
  CHECK(divide(10, {{26, 0}, {37, 0}, {37, 0}}) == std::vector<unsigned>{2, 4, 4});
  CHECK(divide(7, {}).empty());
}

TEST_CASE("the smallest get their least, and the others pay by weight") {
  CHECK(divide(10, {{1, 1}, {1000, 1}, {1000, 1}}) == std::vector<unsigned>{1, 5, 4});
  CHECK(divide(10, {{0, 2}, {1, 1}, {100, 1}}) == std::vector<unsigned>{2, 1, 7});
  CHECK(divide(3, {{1, 1}, {1, 1}, {1000, 1}}) == std::vector<unsigned>{1, 1, 1});
}

TEST_CASE("whatever is divided, the cells add up, and nobody gets less than his least") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::vector<BarShare> shares;
    unsigned least = 0;
    const std::size_t count = random() % 40 + 1;
    for (std::size_t i = 0; i < count; ++i) {
      shares.push_back({random() >> (random() % 64), static_cast<unsigned>(random() % 4)});
      shares.back().weight = std::max<std::uint64_t>(shares.back().weight, 1);
      least += shares.back().least;
    }
    const auto width = static_cast<unsigned>(least + random() % 100);
    const auto cells = divide(width, shares);
    REQUIRE(sum(cells) == width);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(cells[i] >= shares[i].least);
  }
}

TEST_CASE("a bar is as wide as it is told at every width") {
  const DiskLayout layout = test::made_up_server();
  for (unsigned width = 10; width <= 300; ++width) {
    BarOptions options;
    options.width = width;
    const BarPlan plan = plan_bar(layout, options);
    REQUIRE(width_of(plan, options) == width);
    if (width >= 20) {
      REQUIRE(plan.separated);
      REQUIRE(plan.undrawn == 0);
      REQUIRE(plan.segments.size() == 4);  // gaps of alignment and the tables are left out
    }
  }
}

TEST_CASE("more partitions than cells share them, and the plan says so") {
  PartitionTable table = test::made_up_gpt(GiB);
  for (std::uint32_t n = 1; n <= 128; ++n)
    table.partitions.push_back(test::made_up_partition(n, n * 7 * MiB, 7 * MiB));
  const DiskLayout layout = test::made_up_layout(table);
  BarOptions options;
  options.width = 60;
  const BarPlan few = plan_bar(layout, options);
  CHECK_FALSE(few.separated);
  CHECK(few.undrawn == 128);
  CHECK(width_of(few, options) == 60);
  options.width = 400;
  const BarPlan all = plan_bar(layout, options);
  CHECK(all.separated);
  CHECK(all.undrawn == 0);
  CHECK(width_of(all, options) == 400);
}

TEST_CASE("a number of several digits gets its cells if there is room") {
  PartitionTable table = test::made_up_gpt(TiB);
  table.partitions = {test::made_up_partition(128, MiB, MiB),
                      test::made_up_partition(2, 2 * MiB, 1000 * GiB)};
  const BarPlan plan = plan_bar(test::made_up_layout(table), {});
  CHECK(plan.segments.front().cells == 3);
}

TEST_CASE("the largest and the smallest disks") {
  PartitionTable table = test::made_up_gpt(~std::uint64_t{0} / 512 * 512);
  table.partitions = {test::made_up_partition(1, MiB, MiB),
                      test::made_up_partition(2, std::uint64_t{1} << 63, std::uint64_t{1} << 62)};
  BarOptions options;
  const BarPlan plan = plan_bar(test::made_up_layout(table), options);
  CHECK(width_of(plan, options) == options.width);
  CHECK(plan.segments.size() == 4);
  CHECK(plan.segments[0].cells == 1);
  PartitionTable none;
  CHECK(plan_bar(test::made_up_layout(none), options).segments.empty());
  none.device_size = 1;
  CHECK(width_of(plan_bar(test::made_up_layout(none), options), options) == options.width);
}

TEST_CASE("what the device stores between two places") {
  DiskLayout layout = test::made_up_server();
  CHECK(storage(layout, 0, layout.size) == Storage::unknown);
  test::put_stored(layout, 16 * GiB);
  CHECK(storage(layout, 0, layout.size) == Storage::some);
  CHECK(storage(layout, 0, GiB) == Storage::all);
  CHECK(storage(layout, 32 * GiB, 33 * GiB) == Storage::none);
  CHECK(storage(layout, 5, 5) == Storage::none);
  LayoutRegion& last = layout.regions[layout.regions.size() - 2];
  last.unreported = Occupancy(last.offset, last.length, 512);
  last.unreported.add(last.end() - GiB, GiB);
  CHECK(storage(layout, 32 * GiB, 33 * GiB) == Storage::none);
  CHECK(storage(layout, 60 * GiB, layout.size) == Storage::unknown);
}
