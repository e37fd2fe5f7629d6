// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "picture/disk_layout.h"

namespace san::report {

/// A share of a division.
struct BarShare {
  std::uint64_t weight = 0;
  unsigned least = 0;  ///< minimum number of cells
};

/// Divides `width` cells by weight. The cells add up to `width` exactly; each share gets at least `least`
/// cells, the sum of which must be at most `width`; cells left over by rounding go to the largest remainders,
/// the first of equals.
std::vector<unsigned> divide(unsigned width, const std::vector<BarShare>& shares);

/// A region as a part of a bar.
struct BarSegment {
  std::size_t region = 0;  ///< index into DiskLayout::regions
  unsigned cells = 0;
  unsigned first = 0;    ///< cells before it, borders not counted
  bool several = false;  ///< the cells are shared with other regions; this one has most of them
};

/// A disk as a bar drawn to scale, except that very small parts are enlarged to be visible.
struct BarPlan {
  std::vector<BarSegment> segments;
  bool separated = false;   ///< there are borders before, between and after the segments
  std::size_t undrawn = 0;  ///< number of partitions that have no cell of their own
};

struct BarOptions {
  unsigned width = 78;  ///< cells, borders included
  unsigned border = 1;  ///< cells of a border
  unsigned least = 1;   ///< minimum cells of a partition
  unsigned digit = 1;   ///< cells of a digit, for the numbers in the segments; 0: numbers need no space
};

/// Returns how much of [from, to), which may span several regions, the device stores.
picture::Storage storage(const picture::DiskLayout& layout, std::uint64_t from, std::uint64_t to);

/// Divides the bar among the regions. Borders and the cells of all segments add up to the width. Tables and
/// gaps of at most 1 MiB that would not fill a cell are omitted. If there are too many regions for borders
/// and minimum cells, there are no borders: a cell of which one region has three quarters or more belongs to
/// it, other cells are shared.
BarPlan plan_bar(const picture::DiskLayout& layout, const BarOptions& options);

}  // namespace san::report
