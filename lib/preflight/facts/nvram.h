// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace san::preflight {

/// Returns the GPT partition (as Linux writes PARTUUIDs) in the device path of a Boot#### variable's data
/// (EFI_LOAD_OPTION, UEFI 2.10, 3.1.3; hard drive node: 10.3.5.1); empty if there is none.
std::string partition_of_load_option(std::span<const std::byte> data);

/// A Boot#### variable of the firmware (UEFI 2.10, 3.3).
struct BootVariable {
  std::string name;             ///< "Boot000A"
  std::vector<std::byte> data;  ///< EFI_LOAD_OPTION
};

/// Reads the Boot#### variables from efivarfs of the machine whose files are below `root`, by name; those
/// that cannot be read are left out. Returns nothing if there is no efivarfs.
std::optional<std::vector<BootVariable>> read_boot_variables(const std::string& root);

}  // namespace san::preflight
