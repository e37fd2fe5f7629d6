// SPDX-License-Identifier: Apache-2.0
#include "report/disk/text_style.h"

#include <algorithm>
#include <cmath>

namespace san::report {
namespace {

constexpr Signs kBlocks = {{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                           "·",
                           "▒",
                           "╱",
                           "╳",
                           "≡",
                           "!",
                           "▓",
                           "━",
                           "╍",
                           "─",
                           "│",
                           "┌",
                           "┐",
                           "└",
                           "┘",
                           "┬",
                           "┴",
                           2};
constexpr Signs kAscii = {{" ", ":", ":", ":", "+", "+", "*", "*", "#"},
                          ".",
                          "?",
                          "/",
                          "x",
                          "T",
                          "!",
                          "%",
                          "=",
                          "-",
                          "-",
                          "|",
                          "+",
                          "+",
                          "+",
                          "+",
                          "+",
                          "+",
                          1};

constexpr SourceText kEighths[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};

}  // namespace

const Signs& signs_of(bool utf8) {
  return utf8 ? kBlocks : kAscii;
}

Printable small_bar(double share, unsigned width, bool utf8) {
  const unsigned steps = utf8 ? 8 : 1, all = width * steps;
  auto filled = static_cast<unsigned>(std::lround(std::clamp(share, 0.0, 1.0) * all));
  if (share > 0) filled = std::max(filled, 1U);
  if (share < 1) filled = std::min(filled, all - 1);
  Printable out;
  for (unsigned cell = 0; cell < width; ++cell) {
    const unsigned here = std::min(steps, filled - std::min(filled, cell * steps));
    if (here == 0)
      out += signs_of(utf8).none;
    else
      out += utf8 ? kEighths[here - 1] : SourceText("#");
  }
  return out;
}

}  // namespace san::report
