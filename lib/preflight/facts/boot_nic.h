// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace san::preflight {

/// The NIC from which the machine will boot, as far as --nic and the profile tell.
struct BootNic {
  std::string driver;                           ///< of Linux: "e1000"; empty where not known
  std::optional<std::uint16_t> vendor, device;  ///< PCI
  std::string interface;                        ///< of this machine: "eth0"; empty otherwise
  std::string mac;                              ///< "52:54:00:12:34:56"; empty where not known

  /// Whether it is known which NIC it is.
  bool known() const { return !driver.empty() || vendor.has_value(); }
};

/// What `text` names: VENDOR:DEVICE (PCI, hexadecimal), an interface of this machine, or a driver; of an
/// interface, /sys tells the rest. `root` stands before /sys. Throws Error(usage) for what can be none of
/// these, and for interfaces without hardware of their own: loopback, bonds, bridges, VLANs.
BootNic named_nic(const std::string& text, const std::string& root);

}  // namespace san::preflight
