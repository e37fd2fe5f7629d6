// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "boot/profile/boot_profile.h"
#include "os/volumes/volumes.h"
#include "preflight/check/check.h"

namespace san::preflight {

/// The kinds of firmware for which boot loaders are installed on the disk, complete or not.
struct LoaderModes {
  std::set<boot::Firmware> modes;
  std::vector<Evidence> evidence;  ///< the files that show it
};
LoaderModes loader_modes(const os::DiskContent& disk);

// Judgements of IPXE-05 to IPXE-07, each in the file of its check.

/// Evaluates IPXE-05: the default boot file of UEFI firmware, and of iPXE's sanboot: \EFI\BOOT\BOOTX64.EFI,
/// or that of another processor (UEFI 2.10, 3.5.1.1). `secure_boot` is the state of Secure Boot; nothing if
/// not known.
Outcome judge_uefi_boot_file(const os::DiskContent& disk, std::optional<bool> secure_boot);

/// Evaluates IPXE-06: the needs of a BIOS, and of iPXE's INT 13h: 512-byte blocks, a boot sector, and the
/// code that it loads. `disk` is that of `device`.
Outcome judge_bios_boot_code(ReadableDevice& device, const os::DiskContent& disk);

/// Evaluates IPXE-07 for a machine that boots by `firmware`; nothing if that is not known.
Outcome judge_mode(const LoaderModes& loaders, std::optional<boot::Firmware> firmware);

/// Returns the reason why a check about one kind of firmware does not apply to the subject; empty if it does.
std::string not_about_firmware(Subject& subject, boot::Firmware wanted);

/// Returns the outcome with the commands of the system that is on the disk.
Outcome for_this_system(Subject& subject, boot::Firmware firmware, Outcome outcome);

}  // namespace san::preflight
