// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace san::boot {

/// An IPv4 or IPv6 address, in network order.
struct IpAddress {
  unsigned bits = 32;  ///< 32 or 128
  std::array<std::uint8_t, 16> bytes = {};

  bool operator==(const IpAddress&) const = default;
};

/// Parses "192.0.2.1" or "2001:db8::1", without brackets, prefix or zone; returns nothing for anything else.
std::optional<IpAddress> parse_ip(std::string_view text);

/// Formats the address, IPv6 by RFC 5952.
std::string to_string(const IpAddress& address);

/// Returns the netmask of an IPv4 network with that prefix (0 to 32; more counts as 32): "255.255.255.0".
std::string dotted_mask(unsigned prefix);

/// Returns true if the first `prefix` bits are equal; always false for addresses of different families.
bool same_network(const IpAddress& a, const IpAddress& b, unsigned prefix);

/// Returns true if all bits behind the first `prefix` are `value`.
bool host_part_is(const IpAddress& address, unsigned prefix, bool value);

/// Returns true for an address in fe80::/10 (RFC 4291, 2.5.6).
bool is_link_local_v6(const IpAddress& address);

/// Returns true for an address that no host can have: 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3 (RFC 1122,
/// 3.2.1.3), ::, ::1, ff00::/8 (RFC 4291, 2.4).
bool is_no_host(const IpAddress& address);

}  // namespace san::boot
