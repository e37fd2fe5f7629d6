// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/text/source_text.h"

namespace san::report {

/// Groups of contents of partitions that share a colour.
enum class Hue { ext, xfs, btrfs, ntfs, fat, swap, layered, other, unknown };
inline constexpr Hue kHues[] = {Hue::ext,  Hue::xfs,     Hue::btrfs, Hue::ntfs,   Hue::fat,
                                Hue::swap, Hue::layered, Hue::other, Hue::unknown};

/// Returns the colour of a content, named like FreeSpace::type.
Hue hue_of(std::string_view content);

/// A hue's colours on a terminal and in a document.
struct HueStyle {
  const char* name;   ///< "ext"
  SourceText ansi;    ///< parameters of SGR (ECMA-48, 8.3.117): one of the 16 colours, which users choose
  const char* light;  ///< on a white page, "#rrggbb"
  const char* dark;   ///< on a dark screen, "#rrggbb"
};
const HueStyle& style_of(Hue hue);

}  // namespace san::report
