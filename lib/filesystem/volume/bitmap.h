// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/endian.h"

namespace san::filesystem {

/// Calls run(first, count) for every run of clear bits among the first `bits` bits of `bytes`, ascending.
/// Bits count from the lowest one of the first byte, as ext2, NTFS and exFAT all have it. Returns the
/// number of clear bits. Bits beyond `bytes` count as set.
template <typename Run>
std::uint64_t for_each_clear_run(std::span<const std::byte> bytes, std::uint64_t bits, Run&& run) {
  bits = std::min<std::uint64_t>(bits, std::uint64_t{bytes.size()} * 8);
  std::uint64_t clear = 0, start = 0;
  bool in_run = false;
  for (std::uint64_t at = 0; at < bits;) {
    std::uint64_t word = ~std::uint64_t{0};
    const std::size_t byte = at / 8;
    if (bytes.size() - byte >= 8)
      word = *read_at<le64>(bytes, byte);
    else
      for (std::size_t i = 0; byte + i < bytes.size(); ++i)
        word = (word & ~(std::uint64_t{0xff} << (8 * i))) |
               (std::to_integer<std::uint64_t>(bytes[byte + i]) << (8 * i));
    const std::uint64_t valid = std::min<std::uint64_t>(64, bits - at);
    for (std::uint64_t bit = 0; bit < valid;) {
      const std::uint64_t rest = word >> bit;
      const auto same = static_cast<std::uint64_t>(in_run ? std::countr_zero(rest) : std::countr_one(rest));
      bit += same;
      if (bit >= valid) break;
      if (in_run) {
        run(start, at + bit - start);
        clear += at + bit - start;
      } else {
        start = at + bit;
      }
      in_run = !in_run;
    }
    at += valid;
  }
  if (in_run) {
    run(start, bits - start);
    clear += bits - start;
  }
  return clear;
}

}  // namespace san::filesystem
