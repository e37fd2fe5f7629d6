// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flash/uefi/variable_store.h"

namespace san::flash {

/// Disk named by an iSCSI node of a device path (UEFI 2.10, 10.3.4.19).
struct IscsiPath {
  std::string target;
  std::array<std::uint8_t, 8> lun{};
  std::uint16_t login = 0;  ///< login options: bit 11 no authentication, bit 12 CHAP in one direction
};

/// Connection named by an IPv4 or IPv6 node (UEFI 2.10, 10.3.4.12 and 13).
struct IpPath {
  using Address = std::array<std::uint8_t, 16>;  ///< IPv4 in the first 4 bytes

  bool v6 = false;
  Address local{}, remote{}, gateway{};
  std::array<std::uint8_t, 4> mask{};  ///< netmask, IPv4 only
  std::uint16_t remote_port = 0;
  bool fixed = false;  ///< the local address is static, not by DHCP; IPv4 only
};

/// Content of a Boot#### variable (EFI_LOAD_OPTION, UEFI 2.10, 3.1.3).
struct LoadOption {
  enum class Kind { iscsi, pxe, http, disk, file, other };

  bool active = false;
  std::string description;  ///< safe to print
  Kind kind = Kind::other;
  std::optional<IscsiPath> iscsi;  ///< set for kind iscsi
  std::optional<IpPath> ip;        ///< the last IPv4 or IPv6 node of its path
  std::uint16_t vlan = 0;          ///< 0 for none
  std::string mac;                 ///< "52:54:00:12:34:56" of the NIC in its path; empty if there is none
};

/// Names the kind: "iSCSI", "PXE", "HTTP", "disk", "file", "other".
std::string_view to_string(LoadOption::Kind kind);

/// Decodes a load option; returns nothing if `data` is too short for its own lengths, or its device path has
/// a node that is.
std::optional<LoadOption> decode_load_option(std::span<const std::byte> data);

/// An entry of BootOrder.
struct BootOrderEntry {
  std::uint16_t number = 0;
  std::optional<LoadOption> option;  ///< empty if Boot#### is missing or cannot be read
};

/// Vendor of BootOrder and Boot####: EFI_GLOBAL_VARIABLE (UEFI 2.10, 3.3).
inline constexpr Guid kGlobalVariable = Guid::of(0x8BE4DF61, 0x93CA, 0x11D2, 0xAA0D, 0x00E098032B8C);

/// Returns the entries of BootOrder, or nothing if there is no such variable, which makes the firmware search
/// for everything it can boot.
std::optional<std::vector<BootOrderEntry>> boot_entries(const VariableStore& store);

/// Returns BootOrder's data with the entry at `position`, from 0, moved to the front.
std::vector<std::byte> boot_order_with_first(const std::vector<BootOrderEntry>& entries,
                                             std::size_t position);

}  // namespace san::flash
