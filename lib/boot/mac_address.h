// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/fault.h"

namespace san::boot {

inline constexpr std::uint16_t kMaxVlan = 4094;  // IEEE 802.1Q, 9.6: 0 is no VLAN, 4095 is reserved

/// The 48-bit address of a port (IEEE 802-2014, 8.1).
struct MacAddress {
  std::array<std::uint8_t, 6> octets = {};

  /// Returns it in small letters with colons: "52:54:00:12:34:56".
  std::string to_string() const;
  bool operator==(const MacAddress&) const = default;
};

/// Reads six octets of two hexadecimal digits each, in either case, divided by colons or by hyphens
/// throughout. Returns nothing for any other text.
std::optional<MacAddress> parse_mac(std::string_view text);

/// Returns what is wrong with `text` as the address of one NIC: it is not a MAC address at all, a group
/// address (IEEE 802-2014, 8.2), or all zeros. Returns nothing for a right one.
std::optional<Fault> mac_fault(std::string_view text);

/// Returns the octets of a MAC address. Throws Error(usage) for any other text.
std::array<std::uint8_t, 6> mac_octets(const std::string& mac);

}  // namespace san::boot
