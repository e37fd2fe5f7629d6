// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace san {

/// Computes the CRC-32C (Castagnoli; RFC 3720, B.4) of `bytes`, reading the four bytes at offset `field` as
/// zeros, because a checksum stored inside the structure that it protects is computed so. The default of
/// `field`, or any offset beyond the end, reads all bytes as they are.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::size_t field = static_cast<std::size_t>(-1));

}  // namespace san
