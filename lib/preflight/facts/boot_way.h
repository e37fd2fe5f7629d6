// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "boot/profile/boot_profile.h"
#include "partition/partition_table.h"

namespace san::preflight {

/// Boot method of a disk, as its partition table and first sector suggest. It does not show that a boot
/// succeeds.
struct BootWay {
  bool code = false;  ///< true if the MBR has boot code: 440 bytes that are not all zero
  const partition::Partition* active = nullptr;     ///< partition marked active (MBR, or GPT's bit 2)
  const partition::Partition* bios_boot = nullptr;  ///< GPT: partition of GRUB's core image
  const partition::Partition* esp = nullptr;        ///< the first EFI system partition

  /// True if the disk seems to be made for a BIOS; even without boot code, if it has a partition that serves
  /// no other purpose.
  bool bios(const partition::PartitionTable& table) const;
  bool uefi() const { return esp != nullptr; }
};

/// Returns the boot method of a disk; its pointers point into `table`.
BootWay boot_way(const partition::PartitionTable& table);

/// Returns the firmware for which the disk is made; nothing if it is both or neither.
std::optional<boot::Firmware> firmware_of(const partition::PartitionTable& table);

/// Returns "BIOS" or "UEFI".
const char* to_string(boot::Firmware firmware);

}  // namespace san::preflight
