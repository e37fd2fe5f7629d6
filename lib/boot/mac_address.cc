// SPDX-License-Identifier: Apache-2.0
#include "boot/mac_address.h"

#include <charconv>

#include "core/error.h"

namespace san::boot {

std::array<std::uint8_t, 6> mac_octets(const std::string& mac) {
  std::array<std::uint8_t, 6> out{};
  bool good = mac.size() == 17;
  for (std::size_t i = 0; good && i < out.size(); ++i) {
    const char* const from = mac.data() + 3 * i;
    const auto [end, error] = std::from_chars(from, from + 2, out[i], 16);
    good = error == std::errc() && end == from + 2 && (i == 5 || *end == ':');
  }
  if (!good) throw Error(Exit::usage, mac, "is not a MAC address", "the form is 52:54:00:12:34:56");
  return out;
}

}  // namespace san::boot
