// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/text/terminal.h"

namespace san {

/// The signs that pictures are drawn with.
struct Signs {
  SourceText levels[9];  ///< from nothing to all of a cell, in eighths
  SourceText none;       ///< lowest line of a cell of a file system of which nothing is used
  SourceText unknown;
  SourceText unallocated;
  SourceText beyond;
  SourceText table;
  SourceText overlap;
  SourceText several;        ///< cells that regions share
  SourceText stored;         ///< all of a cell
  SourceText partly_stored;  ///< some of it
  SourceText horizontal, vertical;
  SourceText top_left, top_right, bottom_left, bottom_right, top, bottom;
  unsigned height;  ///< lines of cells
};
const Signs& signs_of(bool utf8);

/// A bar of `width` cells of which `share` (0 to 1) is filled, without colour: what is not nothing has some,
/// and what is not all is not full.
Printable small_bar(double share, unsigned width, bool utf8);

}  // namespace san
