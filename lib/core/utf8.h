// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace san {

struct Utf8Character {
  std::uint32_t point = 0;  ///< of Unicode
  std::size_t bytes = 0;    ///< 1 to 4; 0 where there is none
};

/// Returns the UTF-8 character (RFC 3629, 4) that `text`, which is not empty, begins with; one of no bytes
/// where it begins with none.
Utf8Character first_character(std::string_view text);

}  // namespace san
