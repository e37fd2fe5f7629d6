// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace san {

/// Computes the CRC-32 of GPT headers and entry arrays: polynomial 0x04C11DB7 reflected, as in Ethernet and
/// zlib (UEFI 2.10, 5.3.2, "CRC32").
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace san
