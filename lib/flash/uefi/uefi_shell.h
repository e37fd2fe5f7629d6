// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "flash/uefi/uefi_iscsi.h"

namespace san::flash {

/// A script for the UEFI shell that makes the change from within the machine: a setvar for each variable. It
/// is for a store in which the firmware's iSCSI driver has run, as it has where there is a shell to run it.
/// With the secrets in it, it belongs into a file of mode 0600, and off the medium when it has been run.
std::string uefi_shell_script(const boot::BootProfile& profile, const iscsi::Credentials& auth);

}  // namespace san::flash
