// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flash/live/ethtool.h"
#include "flash/live/nic_interface.h"
#include "flash/nvm/nvm_flash.h"

namespace san::flash {

/// Where the NICs of a machine are found, and where what belongs to them is put.
struct NicMachine {
  std::shared_ptr<Ethtool> ethtool = kernel_ethtool();
  std::string root;                              ///< stands before /sys
  std::string locks = "/run/sanboot";            ///< directory; only root makes files there
  std::string backups = "/var/lib/sanboot/nvm";  ///< directory
};

/// The NVM of the NIC that the interface `name` is a port of. The family is that of the PCI device. commit()
/// holds the lock of the chip (ChipLock). Throws Error(usage) where there is no such interface, and where
/// `options` name another family; Error(failed) where its NVM cannot be read, with what to do instead.
std::unique_ptr<FlashDevice> open_nic(const std::string& name, const NvmOptions& options,
                                      const NicMachine& machine = {});

/// The interfaces whose NVM open_nic() would know to write, sorted: what "all" stands for.
std::vector<std::string> known_nics(const NicMachine& machine = {});

}  // namespace san::flash
