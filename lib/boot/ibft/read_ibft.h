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

/// Initiator of an iSCSI Boot Firmware Table, as far as it can be read. In this and the other parts of the
/// table, names are safe to print, secrets are left out except for their lengths, and addresses that are not
/// set (all zero, ::ffff:0.0.0.0) are empty.
struct IbftInitiator {
  std::uint8_t flags = 0;  ///< bit 0: valid; bit 1: the firmware booted with it
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
  std::array<std::uint8_t, 8> lun{};  ///< in wire format: compare with wire_lun()
  std::uint8_t chap = 0;              ///< 0 none, 1 CHAP, 2 mutual CHAP
  std::uint8_t nic = 0;               ///< index of its NIC
  std::string name, user, reverse_user;
  std::uint16_t secret_length = 0, reverse_secret_length = 0;

  bool valid() const { return (flags & 1) != 0; }
  bool selected() const { return (flags & 2) != 0; }
};

struct IbftTable {
  std::string oem, oem_table;  ///< maker of the table: "FENSYS", "iPXE"
  std::uint32_t length = 0;    ///< bytes, as declared in its header
  /// Targets for which the control structure has offsets; 0 if that is not known. Linux ignores a table with
  /// more than two, which iPXE writes for more than two SAN URIs.
  std::size_t target_slots = 0;
  std::optional<IbftInitiator> initiator;
  std::vector<IbftNic> nics;        ///< NICs that Linux would show
  std::vector<IbftTarget> targets;  ///< targets that Linux would show
  /// Faults of the table, each a clause: "its checksum is wrong". Empty for a table that Linux' iscsi_ibft
  /// accepts completely.
  std::vector<std::string> faults;
  bool ignored = false;  ///< a fault makes Linux ignore the whole table
};

/// Reads a table that was captured from /sys/firmware/acpi/tables/iBFT or from memory, by the rules of the
/// "iSCSI Boot Firmware Table (iBFT) as defined in ACPI 3.0b", IBM, 1.03, and of Linux'
/// drivers/firmware/iscsi_ibft.c, which is stricter. Bytes behind the table's declared length are ignored.
/// Never throws; returns nothing if the signature ("iBFT", "IBFT", "BIFT") or a complete header is missing.
std::optional<IbftTable> read_ibft(std::span<const std::byte> bytes);

}  // namespace san::boot
