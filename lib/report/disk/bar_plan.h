// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "picture/disk_layout.h"

namespace san {

/// A part of what is divided.
struct BarShare {
  std::uint64_t weight = 0;
  unsigned least = 0;  ///< cells that it gets at least
};

/// Divides `width` cells by weight. The cells add up to `width` exactly; nobody gets less than his least,
/// whose sum is at most `width`; what is left over by rounding goes to the largest remainders, the first of
/// equals.
std::vector<unsigned> divide(unsigned width, const std::vector<BarShare>& shares);

/// A region as a part of a bar.
struct BarSegment {
  std::size_t region = 0;  ///< place in DiskLayout::regions
  unsigned cells = 0;
  unsigned first = 0;    ///< cells before it, borders not counted
  bool several = false;  ///< these cells are shared with other regions, of which this one has most
};

/// A disk as a bar that is drawn to scale, but for what would be too small to be seen.
struct BarPlan {
  std::vector<BarSegment> segments;
  bool separated = false;   ///< there is a border before, between and behind the segments
  std::size_t undrawn = 0;  ///< partitions that have no cell of their own
};

struct BarOptions {
  unsigned width = 78;  ///< cells, borders included
  unsigned border = 1;  ///< cells of a border
  unsigned least = 1;   ///< cells of the smallest partition
  unsigned digit = 1;   ///< cells of a digit, for the numbers in them; 0: numbers need no room
};

/// How much of [from, to), which may reach into several regions, the device stores.
Storage storage(const DiskLayout& layout, std::uint64_t from, std::uint64_t to);

/// Divides the bar among the regions. Borders and the cells of all segments add up to the width. Left out are
/// tables and gaps of at most 1 MiB that would not fill a cell. Where there are so many regions that not each
/// can have a border and its least, there are no borders between them: cells of which one region has three
/// quarters or more are its own, the others are shared.
BarPlan plan_bar(const DiskLayout& layout, const BarOptions& options);

}  // namespace san
