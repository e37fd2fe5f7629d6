// SPDX-License-Identifier: Apache-2.0
#include "block/zero.h"

#include <cstdint>
#include <cstring>

namespace san {

bool all_zero(std::span<const std::byte> bytes) noexcept {
  const std::byte* p = bytes.data();
  std::size_t left = bytes.size();
  // Data that is not zero mostly shows it early; 64 bytes a step let the compiler use vector registers.
  for (; left >= 64; p += 64, left -= 64) {
    std::uint64_t words[8];
    std::memcpy(words, p, sizeof(words));
    if ((words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7]) != 0)
      return false;
  }
  for (; left > 0; ++p, --left)
    if (*p != std::byte{0}) return false;
  return true;
}

}  // namespace san
