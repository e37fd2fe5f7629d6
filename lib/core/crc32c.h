// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace san {

/// CRC-32C (Castagnoli; RFC 3720, B.4) of `bytes`, with the four bytes at `field` taken for zeros: the way
/// checksums that lie inside of what they protect are made. `field` beyond the bytes: none.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::size_t field = static_cast<std::size_t>(-1));

}  // namespace san
