// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/text/terminal.h"

namespace san::report {

/// The characters with which pictures are drawn.
struct Signs {
  SourceText levels[9];  ///< fill of a cell in eighths, from empty to full
  SourceText none;       ///< lowest line of a cell in which the file system uses nothing
  SourceText unknown;
  SourceText unallocated;
  SourceText beyond;
  SourceText table;
  SourceText overlap;
  SourceText several;        ///< cells shared by regions
  SourceText stored;         ///< cell that the device stores entirely
  SourceText partly_stored;  ///< cell that the device stores in part
  SourceText horizontal, vertical;
  SourceText top_left, top_right, bottom_left, bottom_right, top, bottom;
  unsigned height;  ///< lines of a cell
};
const Signs& signs_of(bool utf8);

/// Draws a bar of `width` cells of which `share` (0 to 1) is filled, without colour. A share above 0 fills at
/// least some of a cell; one below 1 never fills them all.
Printable small_bar(double share, unsigned width, bool utf8);

}  // namespace san::report
