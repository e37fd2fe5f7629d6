// SPDX-License-Identifier: Apache-2.0
#include "core/crc32.h"

#include <zlib.h>

namespace san {

std::uint32_t crc32(std::span<const std::byte> bytes) {
  // Unlike crc32(), crc32_z() takes lengths beyond 32 bits.
  return static_cast<std::uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace san
