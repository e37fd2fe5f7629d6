// SPDX-License-Identifier: Apache-2.0
#include "boot/mac_address.h"

namespace san::boot {

std::array<std::uint8_t, 6> mac_octets(const std::string& mac) {
  std::array<std::uint8_t, 6> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<std::uint8_t>(std::stoul(mac.substr(3 * i, 2), nullptr, 16));
  return out;
}

}  // namespace san::boot
