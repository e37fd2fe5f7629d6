// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "block/device.h"
#include "boot/profile/boot_profile.h"
#include "os/volumes/volumes.h"
#include "preflight/check/check.h"

namespace san::preflight {

/// For which firmware boot loaders are installed on the disk, whether they are complete or not.
struct LoaderModes {
  std::set<boot::Firmware> modes;
  std::vector<Evidence> evidence;  ///< the files that tell
};
LoaderModes loader_modes(const os::DiskContent& disk);

/// IPXE-05: the file that UEFI firmware, and iPXE's sanboot, start from a disk without being told a name:
/// \EFI\BOOT\BOOTX64.EFI, or that of another processor (UEFI 2.10, 3.5.1.1). `secure_boot`: whether it is on;
/// nothing where that is not known.
Outcome judge_uefi_boot_file(const os::DiskContent& disk, std::optional<bool> secure_boot);

/// IPXE-06: what a BIOS, and iPXE's INT 13h, need: 512-byte blocks, a boot sector, and what that leads to.
/// `disk` is that of `device`.
Outcome judge_bios_boot_code(Device& device, const os::DiskContent& disk);

/// IPXE-07 for a machine that boots by `firmware`; nothing: that is not known.
Outcome judge_mode(const LoaderModes& loaders, std::optional<boot::Firmware> firmware);

/// Commands that put GRUB for a BIOS onto the disk that the running system is on, and for UEFI under the
/// default name.
std::vector<ShellCommand> install_bios_grub();
std::vector<ShellCommand> install_removable_grub();

}  // namespace san::preflight
