// SPDX-License-Identifier: Apache-2.0
#include "core/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/endian.h"

namespace san {
namespace {

using State = std::array<std::uint32_t, 4>;

void digest_block(State& state, const char* block) {
  static constexpr int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  auto [a, b, c, d] = state;
  for (unsigned i = 0; i < 64; ++i) {
    std::uint32_t mixed = 0;
    unsigned word = 0;
    switch (i / 16) {
      case 0:
        mixed = (b & c) | (~b & d), word = i;
        break;
      case 1:
        mixed = (d & b) | (~d & c), word = (5 * i + 1) % 16;
        break;
      case 2:
        mixed = b ^ c ^ d, word = (3 * i + 5) % 16;
        break;
      default:
        mixed = c ^ (b | ~d), word = (7 * i) % 16;
        break;
    }
    le32 value;
    std::memcpy(&value, block + std::size_t{4} * word, 4);
    // RFC 1321, 3.4: the table T is made of the sine function.
    const auto constant = static_cast<std::uint32_t>(std::floor(std::abs(std::sin(i + 1.0)) * 4294967296.0));
    const std::uint32_t next = b + std::rotl(a + mixed + value + constant, shifts[i / 16][i % 4]);
    a = d, d = c, c = b, b = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

}  // namespace

std::string md5(const std::string& message) {
  std::string padded = message + '\x80';
  padded.resize((padded.size() + 8 + 63) / 64 * 64 - 8, '\0');
  const le64 bits = std::uint64_t{message.size()} * 8;
  padded.append(reinterpret_cast<const char*>(&bits), sizeof bits);
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < padded.size(); at += 64) digest_block(state, padded.data() + at);
  std::string digest;
  for (const le32 word : state) digest.append(reinterpret_cast<const char*>(&word), 4);
  return digest;
}

}  // namespace san
