// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "preflight/check/check.h"

namespace san::preflight {

/// Returns the GPT partition (as Linux writes PARTUUIDs) in the device path of a Boot#### variable's data
/// (EFI_LOAD_OPTION, UEFI 2.10, 3.1.3; hard drive node: 10.3.5.1); empty if there is none.
std::string partition_of_load_option(std::span<const std::byte> data);

/// Evaluates IPXE-08 for the machine whose files are below `root`.
Outcome judge_boot_entries(const std::string& root);

}  // namespace san::preflight
