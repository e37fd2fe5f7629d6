// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "boot/ip_address.h"

namespace san::boot {

/// What an iSCSI Boot Firmware Table says, as far as it can be read. Names are safe to print; the secrets are
/// not in it, only their lengths. Addresses that are not set (all zero, ::ffff:0.0.0.0) are none.
struct IbftInitiator {
  std::uint8_t flags = 0;  ///< bit 0 valid, bit 1 the firmware booted by it
  std::string name;
};

struct IbftNic {
  std::uint8_t index = 0, flags = 0;
  std::optional<IpAddress> address, gateway, dhcp;
  std::uint8_t prefix = 0, origin = 0;  ///< origin: 1 manual, 3 DHCP
  std::uint16_t vlan = 0;
  std::string mac;        ///< "52:54:00:12:34:56"
  std::uint16_t pci = 0;  ///< bus << 8 | device << 3 | function
  std::string host;

  bool valid() const { return (flags & 1) != 0; }
  bool selected() const { return (flags & 2) != 0; }
};

struct IbftTarget {
  std::uint8_t index = 0, flags = 0;
  std::optional<IpAddress> address;
  std::uint16_t port = 0;
  std::array<std::uint8_t, 8> lun{};  ///< as on the wire: compare with wire_lun()
  std::uint8_t chap = 0;              ///< 0 none, 1 CHAP, 2 mutual CHAP
  std::uint8_t nic = 0;               ///< index of its NIC
  std::string name, user, reverse_user;
  std::uint16_t secret_length = 0, reverse_secret_length = 0;

  bool valid() const { return (flags & 1) != 0; }
  bool selected() const { return (flags & 2) != 0; }
};

struct IbftTable {
  std::string oem, oem_table;  ///< who made it: "FENSYS", "iPXE"
  std::uint32_t length = 0;    ///< as it says, bytes
  std::optional<IbftInitiator> initiator;
  std::vector<IbftNic> nics;        ///< those that Linux would show
  std::vector<IbftTarget> targets;  ///< likewise
  /// What is wrong, each a clause: "its checksum is wrong". Empty for a table that Linux' iscsi_ibft takes
  /// whole.
  std::vector<std::string> faults;
  bool ignored = false;  ///< a fault makes Linux ignore the table altogether
};

/// Reads a table as it is captured from /sys/firmware/acpi/tables/iBFT or from memory, by the rules of the
/// "iSCSI Boot Firmware Table (iBFT) as defined in ACPI 3.0b", IBM, 1.03, and of Linux'
/// drivers/firmware/iscsi_ibft.c, which is stricter. Bytes behind the table's own length are not looked at.
/// Never throws; nothing where no signature ("iBFT", "IBFT", "BIFT") or not even a header is there.
std::optional<IbftTable> read_ibft(std::span<const std::byte> bytes);

}  // namespace san::boot
