// SPDX-License-Identifier: Apache-2.0
#include "report/disk/bar_plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "core/units.h"

namespace san::report {
namespace {

__extension__ using Wide = unsigned __int128;

bool is_gap(const picture::LayoutRegion& region) {
  return region.kind == picture::Region::Kind::unallocated || region.kind == picture::Region::Kind::beyond;
}

/// Gaps of alignment and the tables are no news, and there is one before nearly every disk's first partition.
bool is_shown(const picture::LayoutRegion& region, std::uint64_t cell) {
  if (region.kind == picture::Region::Kind::table) return region.length >= cell;
  return !is_gap(region) || region.length > MiB || region.length >= cell;
}

/// Cells that the label of a region needs at least.
unsigned least_of(const picture::DiskLayout& layout, const picture::LayoutRegion& region,
                  const BarOptions& options) {
  if (region.kind != picture::Region::Kind::partition || region.owners.empty()) return options.least;
  const std::uint32_t number = layout.table.partitions[region.owners.front()].number;
  return std::max(options.least, static_cast<unsigned>(fmt::formatted_size("{}", number)) * options.digit);
}

BarPlan crowded(const picture::DiskLayout& layout, const BarOptions& options) {
  BarPlan plan;
  const unsigned cells = options.width - 2 * options.border;
  const auto edge = [&](unsigned cell) {
    return static_cast<std::uint64_t>(Wide{layout.size} * cell / cells);
  };
  std::size_t first = 0;
  for (unsigned cell = 0; cell < cells; ++cell) {
    const std::uint64_t from = edge(cell), to = edge(cell + 1);
    while (first + 1 < layout.regions.size() && layout.regions[first].end() <= from) ++first;
    std::size_t best = first;
    std::uint64_t most = 0;
    for (std::size_t i = first; i < layout.regions.size() && layout.regions[i].offset < to; ++i) {
      const picture::LayoutRegion& region = layout.regions[i];
      const std::uint64_t common = std::min(to, region.end()) - std::max(from, region.offset);
      if (common > most) {
        most = common;
        best = i;
      }
    }
    const bool several = most < (to - from) - (to - from) / 4;
    BarSegment* last = plan.segments.empty() ? nullptr : &plan.segments.back();
    if (last != nullptr && last->several == several && (several || last->region == best))
      ++last->cells;
    else
      plan.segments.push_back({best, 1, cell, several});
  }
  return plan;
}

std::size_t undrawn(const picture::DiskLayout& layout, const BarPlan& plan) {
  std::set<std::size_t> drawn, all;
  for (const BarSegment& segment : plan.segments)
    if (!segment.several)
      drawn.insert(layout.regions[segment.region].owners.begin(),
                   layout.regions[segment.region].owners.end());
  for (const picture::LayoutRegion& region : layout.regions)
    all.insert(region.owners.begin(), region.owners.end());
  return all.size() - drawn.size();
}

}  // namespace

std::vector<unsigned> divide(unsigned width, const std::vector<BarShare>& shares) {
  std::vector<unsigned> cells(shares.size());
  // A share that would get less than its minimum gets just that, and the rest is divided among the others;
  // each round may make another one too small.
  std::vector<bool> settled(shares.size());
  unsigned left = width;
  Wide weight = std::accumulate(shares.begin(), shares.end(), Wide{0},
                                [](Wide sum, const BarShare& share) { return sum + share.weight; });
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if (settled[i] || Wide{shares[i].weight} * left >= Wide{shares[i].least} * weight) continue;
      settled[i] = again = true;
      cells[i] = shares[i].least;
      left -= std::min(left, shares[i].least);
      weight -= shares[i].weight;
    }
  }
  std::vector<std::size_t> order;
  unsigned given = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (settled[i]) continue;
    cells[i] = weight == 0 ? 0 : static_cast<unsigned>(Wide{shares[i].weight} * left / weight);
    given += cells[i];
    order.push_back(i);
  }
  // If all shares are settled, the last one takes the remainder.
  if (order.empty()) {
    if (!cells.empty()) cells.back() += left;
    return cells;
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return weight != 0 && Wide{shares[a].weight} * left % weight > Wide{shares[b].weight} * left % weight;
  });
  for (std::size_t i = 0; given < left; ++given) ++cells[order[i++ % order.size()]];
  return cells;
}

picture::Storage storage(const picture::DiskLayout& layout, std::uint64_t from, std::uint64_t to) {
  bool none = true, all = true;
  for (const picture::LayoutRegion& region : layout.regions) {
    if (region.end() <= from || region.offset >= to) continue;
    const auto part = [&](std::uint64_t at) {
      return static_cast<double>(at - region.offset) / static_cast<double>(region.length);
    };
    const picture::Storage here =
        region.storage(part(std::max(from, region.offset)), part(std::min(to, region.end())));
    if (here == picture::Storage::unknown) return here;
    none = none && here == picture::Storage::none;
    all = all && here == picture::Storage::all;
  }
  return none ? picture::Storage::none : all ? picture::Storage::all : picture::Storage::some;
}

BarPlan plan_bar(const picture::DiskLayout& layout, const BarOptions& options) {
  BarPlan plan;
  if (layout.size == 0 || layout.regions.empty() || options.width < 4 * options.border) return plan;
  const std::uint64_t cell = std::max<std::uint64_t>(layout.size / options.width, 1);
  std::vector<BarShare> shares;
  for (std::size_t i = 0; i < layout.regions.size(); ++i) {
    const picture::LayoutRegion& region = layout.regions[i];
    if (!is_shown(region, cell)) continue;
    plan.segments.push_back({i, 0, 0, false});
    shares.push_back({region.length, least_of(layout, region, options)});
  }
  const auto space = static_cast<std::int64_t>(options.width) -
                     static_cast<std::int64_t>((shares.size() + 1) * options.border);
  const auto needed = [&] {
    return std::accumulate(shares.begin(), shares.end(), std::int64_t{0},
                           [](std::int64_t sum, const BarShare& share) { return sum + share.least; });
  };
  // Numbers that do not fit stand only in the table below.
  if (needed() > space)
    for (BarShare& share : shares) share.least = options.least;
  if (needed() > space) {
    plan = crowded(layout, options);
  } else {
    const std::vector<unsigned> cells = divide(static_cast<unsigned>(space), shares);
    unsigned before = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      plan.segments[i].cells = cells[i];
      plan.segments[i].first = before;
      before += cells[i];
    }
    plan.separated = true;
  }
  plan.undrawn = undrawn(layout, plan);
  return plan;
}

}  // namespace san::report
