// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "picture/terminal.h"

namespace san {

/// The signs that pictures are drawn with.
struct Signs {
  const char* levels[9];  ///< from nothing to all of a cell, in eighths
  const char* none;       ///< lowest line of a cell of a file system of which nothing is used
  const char* unknown;
  const char* unallocated;
  const char* beyond;
  const char* table;
  const char* overlap;
  const char* several;        ///< cells that regions share
  const char* stored;         ///< all of a cell
  const char* partly_stored;  ///< some of it
  const char *horizontal, *vertical;
  const char *top_left, *top_right, *bottom_left, *bottom_right, *top, *bottom;
  unsigned height;  ///< lines of cells
};
const Signs& signs_of(bool utf8);

/// `text` with the colour whose SGR parameters (ECMA-48, 8.3.117) these are, where the canvas has colour.
std::string colored(const Canvas& canvas, std::string_view sgr, std::string_view text);

namespace sgr {
inline constexpr std::string_view bold = "1", faint = "90", error = "1;31", warning = "33", beyond = "33";
}

/// A bar of `width` cells of which `share` (0 to 1) is filled, without colour: what is not nothing has some,
/// and what is not all is not full.
std::string small_bar(double share, unsigned width, bool utf8);

}  // namespace san
