// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace san {

/// Computes the CRC-32C (Castagnoli; RFC 3720, B.4) of `bytes`, with the four bytes at offset `field` read as
/// zeros: for checksums stored inside the structure that they protect. With a `field` beyond the end, the
/// default, all bytes are read as they are.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::size_t field = static_cast<std::size_t>(-1));

}  // namespace san
