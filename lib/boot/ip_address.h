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

/// "192.0.2.1" or "2001:db8::1", without brackets, prefix or zone; nothing for anything else.
std::optional<IpAddress> parse_ip(std::string_view text);

/// As it is written: RFC 5952 for IPv6.
std::string to_string(const IpAddress& address);

/// The netmask of an IPv4 network of that prefix (0 to 32; more is 32): "255.255.255.0".
std::string dotted_mask(unsigned prefix);

/// Whether the first `prefix` bits are the same; never for addresses of different kinds.
bool same_network(const IpAddress& a, const IpAddress& b, unsigned prefix);

/// Whether all bits behind the first `prefix` are `value`.
bool host_part_is(const IpAddress& address, unsigned prefix, bool value);

/// fe80::/10 (RFC 4291, 2.5.6).
bool is_link_local_v6(const IpAddress& address);

/// Whether no machine can have that address: 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3 (RFC 1122, 3.2.1.3), ::,
/// ::1, ff00::/8 (RFC 4291, 2.4).
bool is_no_host(const IpAddress& address);

}  // namespace san::boot
