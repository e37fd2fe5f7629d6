// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/guid.h"
#include "flash/uefi/variable_store.h"

namespace san::flash {

/// Vendor of a NIC's IPv6 settings: EFI_IP6_CONFIG_PROTOCOL_GUID (UEFI 2.10, 28.7).
inline constexpr Guid kIp6Vendor = Guid::of(0x937FE521, 0x95AE, 0x4D1A, 0x8929, 0x48BCD90AD31A);

/// IPv6 configuration of a NIC in the firmware: the variable of EDK2 (NetworkPkg/Ip6Dxe, Ip6ConfigImpl.h and
/// .c). An attempt to log in by IPv6 has no address of its own, and uses these.
struct Ip6Settings {
  using Address = std::array<std::uint8_t, 16>;
  enum class Policy : std::uint8_t {
    manual = 0,     ///< only the addresses listed here; the firmware's default
    automatic = 1,  ///< by router advertisements, and by DHCPv6 if those say so
  };
  /// A manual address (EFI_IP6_CONFIG_MANUAL_ADDRESS).
  struct Manual {
    Address address{};
    bool anycast = false;
    std::uint8_t prefix = 64;  ///< 0 to 128

    bool operator==(const Manual&) const = default;
  };
  /// A record that is preserved unchanged: the interface's identifier, the number of duplicate address
  /// probes, name servers.
  struct Other {
    std::uint32_t type = 0;
    std::vector<std::byte> data;

    bool operator==(const Other&) const = default;
  };

  std::uint32_t iaid = 0;  ///< identifier for DHCPv6 (RFC 8415, 21.4)
  Policy policy = Policy::manual;
  std::vector<Manual> addresses;
  std::vector<Address> gateways;
  std::vector<Other> others;  ///< sorted by type

  bool operator==(const Ip6Settings&) const = default;

  /// Returns the first manual address; null if there is none, or the policy is automatic.
  const Manual* own_address() const;
};

/// Returns the name of the variable for the NIC with that MAC address ("52:54:00:12:34:56", either case), on
/// a VLAN if that is not 0.
VariableName ip6_variable(const std::string& mac, std::uint16_t vlan);

/// Decodes the settings in a variable's data; returns nothing if its checksum is wrong, records overlap, or
/// one extends past its end: the firmware replaces such a variable by a new one.
std::optional<Ip6Settings> decode_ip6(std::span<const std::byte> data);

/// Encodes the settings as the data of the variable, in the firmware's layout: records sorted by type, their
/// content from the end backwards.
std::vector<std::byte> encode_ip6(const Ip6Settings& settings);

/// Returns the settings that the firmware makes at its first start, but for the DHCPv6 identifier, which is
/// derived from the NIC's address alone.
Ip6Settings fresh_ip6(const std::string& mac);

/// Formats the settings: "automatic", "manual, 2001:db8::15/64, gateway fe80::1", "manual, no address".
std::string to_string(const Ip6Settings& settings);

}  // namespace san::flash
