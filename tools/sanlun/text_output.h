// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace san {

/// Whether text on stdout may be coloured, as `--color` (auto, always, never) says: auto is on a terminal.
bool use_color(const std::string& mode);

/// `text` in lines of at most `columns`, broken at spaces; the first begins behind `first`, the others behind
/// as many spaces. Each ends in a line feed. A word that is longer than a line stands alone.
std::string wrapped(std::string_view first, std::string_view text, std::size_t columns = 80);

}  // namespace san
