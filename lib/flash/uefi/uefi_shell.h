// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "boot/profile/boot_profile.h"
#include "flash/uefi/uefi_iscsi.h"
#include "iscsi/login/credentials.h"

namespace san::flash {

/// Returns a script for the UEFI shell that makes the change from within the machine: one setvar per
/// variable. It is for a store with which the firmware's iSCSI driver has run, as it has on every machine
/// that can start a shell. The script contains the secrets: it belongs in a file of mode 0600, and must be
/// deleted from the medium after use.
std::string uefi_shell_script(const boot::BootProfile& profile, const iscsi::Credentials& auth);

}  // namespace san::flash
