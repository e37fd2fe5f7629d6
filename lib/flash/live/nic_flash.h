// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flash/live/ethtool.h"
#include "flash/live/nic_interface.h"
#include "flash/nvm/nvm_flash.h"

namespace san::flash {

/// Access to the NICs of a machine, and directories of their files.
struct NicMachine {
  std::shared_ptr<Ethtool> ethtool = kernel_ethtool();
  std::string root;                              ///< prefix of /sys
  std::string locks = "/run/sanboot";            ///< directory that only root can write
  std::string backups = "/var/lib/sanboot/nvm";  ///< directory
};

/// Opens the NVM of the NIC that has the interface `name` as a port. Its family is that of the PCI device, or
/// the one in `options` if the device is not in the tables. commit() holds the lock of the chip (ChipLock).
/// Throws Error(usage) if there is no such interface, or if `options` name another family than the device's;
/// Error(failed), with a next step, if the NVM cannot be read.
std::unique_ptr<FlashDevice> open_nic(const std::string& name, const NvmOptions& options,
                                      const NicMachine& machine = {});

/// Returns the interfaces whose NVM open_nic() can open for writing, sorted: the meaning of "all".
std::vector<std::string> known_nics(const NicMachine& machine = {});

}  // namespace san::flash
