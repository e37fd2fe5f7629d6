// SPDX-License-Identifier: Apache-2.0
#include "boot/mac_address.h"

#include <fmt/core.h>

#include <charconv>

#include "core/error.h"

namespace san::boot {

std::string MacAddress::to_string() const {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", octets[0], octets[1], octets[2], octets[3],
                     octets[4], octets[5]);
}

std::optional<MacAddress> parse_mac(std::string_view text) {
  if (text.size() != 17 || (text[2] != ':' && text[2] != '-')) return std::nullopt;
  MacAddress mac;
  for (std::size_t i = 0; i < mac.octets.size(); ++i) {
    const char* const from = text.data() + 3 * i;
    const auto [end, error] = std::from_chars(from, from + 2, mac.octets[i], 16);
    if (error != std::errc() || end != from + 2 || (i > 0 && from[-1] != text[2])) return std::nullopt;
  }
  return mac;
}

std::optional<Fault> mac_fault(std::string_view text) {
  const auto mac = parse_mac(text);
  if (!mac) return Fault{"is not a MAC address", "the form is 52:54:00:12:34:56"};
  if ((mac->octets[0] & 1) != 0)
    return Fault{"is a group address (its first octet is odd), and no port has one (IEEE 802, 8.2)", ""};
  if (*mac == MacAddress{}) return Fault{"is all zeros, which no port has", "the form is 52:54:00:12:34:56"};
  return std::nullopt;
}

std::array<std::uint8_t, 6> mac_octets(const std::string& mac) {
  if (const auto address = parse_mac(mac)) return address->octets;
  throw Error(Exit::usage, mac, "is not a MAC address", "the form is 52:54:00:12:34:56");
}

}  // namespace san::boot
