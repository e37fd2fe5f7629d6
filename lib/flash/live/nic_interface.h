// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flash/nvm/nvm_family.h"

namespace san::flash {

/// A network interface that is a device, as /sys tells it to everybody.
struct NicInterface {
  std::string name;    ///< "eth0"
  std::string driver;  ///< empty where there is none
  std::string mac;     ///< "52:54:00:12:34:56"; of a member of a bond its own; empty where it has none
  std::string slot;    ///< the PCI function, "0000:03:00.1"; empty for a device elsewhere
  std::optional<std::uint16_t> vendor, device;  ///< of the PCI function
  bool virtual_function = false;                ///< one of several that a physical function was made into
  /// Size of the window on the option ROM that the PCI function has; 0 without one. What is in it, this does
  /// not say.
  std::optional<std::uint64_t> rom_bytes;

  /// "0000:03:00", what the functions of one chip have in common; they share one NVM.
  std::string chip() const;
  /// The port of the NIC: the number of the PCI function, from 1.
  unsigned port() const;
  /// By the PCI device id of a NIC of Intel's; null for one that is not in the tables, and for others'.
  const NvmFamily* family() const;
};

/// Why the NVM of such a NIC is not for this program, and what its owner can do.
struct NicLimit {
  std::string cause;  ///< "the NIC is …": a clause; empty where nothing is in the way
  std::string hint;
};
NicLimit nic_limit(const NicInterface& nic);

/// All of this machine, in the order of their names. Interfaces that are no device (bridges, bonds, VLANs,
/// tap, veth, lo …) are left out: these have no "device" in /sys/class/net. `root` stands before /sys.
std::vector<NicInterface> find_nics(const std::string& root = {});

/// The interface of that name. Throws Error(usage) where there is none, or where it is no device.
NicInterface find_nic(const std::string& name, const std::string& root = {});

}  // namespace san::flash
