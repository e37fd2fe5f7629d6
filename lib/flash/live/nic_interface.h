// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/hint.h"
#include "flash/nvm/nvm_family.h"

namespace san::flash {

/// A network interface that is a device, as described by /sys, which needs no root rights.
struct NicInterface {
  std::string name;    ///< "eth0"
  std::string driver;  ///< empty if there is none
  std::string mac;     ///< "52:54:00:12:34:56", a bond member's permanent one; empty if it has none
  std::string slot;    ///< PCI function, "0000:03:00.1"; empty for a device that is not on PCI
  std::optional<std::uint16_t> vendor, device;  ///< ids of the PCI function
  bool virtual_function = false;                ///< the PCI function is a virtual one (SR-IOV)
  /// Size in bytes of the PCI function's expansion ROM window; 0 without one. It says nothing of the content.
  std::optional<std::uint64_t> rom_bytes;

  /// Returns "0000:03:00", the part of `slot` that all functions of a chip share; they share one NVM.
  std::string chip() const;
  /// Returns the port of the NIC: the number of the PCI function, from 1.
  unsigned port() const;
  /// Returns the family by the PCI device id of an Intel NIC; null if it is not in the tables, and for other
  /// vendors.
  const NvmFamily* family() const;
};

/// Reason why the NVM of a NIC cannot be handled, and the next step for its owner.
struct NicLimit {
  std::string cause;  ///< a clause: "the NIC is …"; empty if nothing prevents it
  Hint hint;
};
NicLimit nic_limit(const NicInterface& nic);

/// Lists the network devices of this machine, sorted by name. Interfaces that are not devices (bridges,
/// bonds, VLANs, tap, veth, lo …) are left out: these have no "device" in /sys/class/net. `root` is a prefix
/// of /sys.
std::vector<NicInterface> find_nics(const std::string& root = {});

/// Returns the interface of that name. Throws Error(usage) if there is none, or if it is not a device.
NicInterface find_nic(const std::string& name, const std::string& root = {});

}  // namespace san::flash
