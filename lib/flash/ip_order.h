// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace san::flash {

/// Byte order of the IPv4 addresses in an iSCSI block. Intel's documents do not define it; they only say that
/// words are little-endian.
enum class IpOrder {
  network,   ///< first octet first
  reversed,  ///< last octet first
};

using IpBytes = std::array<std::uint8_t, 4>;

/// Returns the byte order in which `mask`, as stored in the block, is a netmask: its one-bits are contiguous
/// from the left in one order only. Returns nothing if they are in neither, or in both (0.0.0.0 and
/// 255.255.255.255).
std::optional<IpOrder> mask_order(const IpBytes& mask);

/// Formats an address: "10.0.2.15".
std::string ip_text(const IpBytes& bytes, IpOrder order);
/// Parses a dotted address into its bytes; returns nothing if it is not one.
std::optional<IpBytes> ip_bytes(const std::string& text, IpOrder order);
/// Returns the netmask of `prefix` bits, 0 to 32.
IpBytes mask_bytes(unsigned prefix, IpOrder order);
/// Returns the number of network bits of a mask, or nothing if its one-bits are not contiguous.
std::optional<unsigned> mask_prefix(const IpBytes& mask, IpOrder order);

const char* to_string(IpOrder order);

}  // namespace san::flash
