// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "boot/profile/boot_profile.h"
#include "partition/partition_table.h"

namespace san::preflight {

/// What partition table and first sector say about how a disk is to be booted. Whether it works is another
/// question.
struct BootWay {
  bool code = false;                     ///< the MBR has boot code: 440 bytes that are not all zero
  const Partition* active = nullptr;     ///< the partition that is marked active (MBR, or GPT's bit 2)
  const Partition* bios_boot = nullptr;  ///< GPT: where GRUB's core image is
  const Partition* esp = nullptr;        ///< EFI system partition; the first one

  /// Whether it looks as if it were for a BIOS: without its boot code, too, where there is a partition that
  /// has no other use.
  bool bios(const PartitionTable& table) const;
  bool uefi() const { return esp != nullptr; }
};

/// Pointers are into `table`.
BootWay boot_way(const PartitionTable& table);

/// What it is for; nothing where that is both or neither.
std::optional<boot::Firmware> firmware_of(const PartitionTable& table);

/// "BIOS", "UEFI".
const char* to_string(boot::Firmware firmware);

}  // namespace san::preflight
