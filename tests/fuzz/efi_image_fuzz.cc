// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "os/efi_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(san::os::parse_efi_image({reinterpret_cast<const std::byte*>(data), size}));
  return 0;
}
