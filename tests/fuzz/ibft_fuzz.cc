// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "boot/ibft/read_ibft.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(san::boot::read_ibft({reinterpret_cast<const std::byte*>(data), size}));
  return 0;
}
