// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace san {

/// One decoded character.
struct Utf8Character {
  std::uint32_t point = 0;  ///< code point of Unicode
  std::size_t bytes = 0;    ///< length in bytes, 1 to 4; 0 if there is no character
};

/// Decodes the UTF-8 character (RFC 3629, 4) at the front of `text`, which must not be empty. Returns a
/// character of 0 bytes if the front is not valid UTF-8.
Utf8Character first_character(std::string_view text);

}  // namespace san
