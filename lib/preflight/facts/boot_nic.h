// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace san::preflight {

/// The NIC from which the machine will boot, as far as --nic and the profile specify it.
struct BootNic {
  std::string driver;                           ///< Linux driver: "e1000"; empty if not known
  std::optional<std::uint16_t> vendor, device;  ///< PCI
  std::string interface;  ///< interface of this machine: "eth0"; empty for another machine's NIC
  std::string mac;        ///< "52:54:00:12:34:56"; empty if not known

  /// True if the NIC is identified, by driver or PCI ids.
  bool known() const { return !driver.empty() || vendor.has_value(); }
};

/// Returns the NIC that `text` names: VENDOR:DEVICE (PCI, hexadecimal), an interface of this machine, or a
/// driver; for an interface the other fields are read from /sys. `root` is prefixed to /sys. Throws
/// Error(usage) for text that can be none of these, and for interfaces without hardware of their own:
/// loopback, bonds, bridges, VLANs.
BootNic named_nic(const std::string& text, const std::string& root);

}  // namespace san::preflight
