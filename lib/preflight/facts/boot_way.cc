// SPDX-License-Identifier: Apache-2.0
#include "preflight/facts/boot_way.h"

#include <algorithm>

#include "partition/partition_types.h"

namespace san::preflight {

BootWay boot_way(const partition::PartitionTable& table) {
  BootWay way;
  const auto first = [&table](const auto& wanted) {
    const auto found = std::find_if(table.partitions.begin(), table.partitions.end(), wanted);
    return found == table.partitions.end() ? nullptr : &*found;
  };
  if (const auto& mbr = table.raw.mbr)
    way.code = std::any_of(mbr->code.begin(), mbr->code.end(), [](std::uint8_t byte) { return byte != 0; });
  way.active = first([](const partition::Partition& p) { return p.active; });
  way.bios_boot =
      first([](const partition::Partition& p) { return p.type_id == partition::gpt_type::bios_boot; });
  way.esp = first([](const partition::Partition& p) {
    return p.type_id == partition::gpt_type::efi_system || p.type_id == "0xef";
  });
  return way;
}

bool BootWay::bios(const partition::PartitionTable& table) const {
  if (bios_boot != nullptr) return true;
  // Disks for UEFI may have code in the protective MBR that says "not bootable" and no more.
  if (table.kind == partition::TableKind::gpt) return code && active != nullptr;
  return table.kind != partition::TableKind::none && (code || active != nullptr);
}

std::optional<boot::Firmware> firmware_of(const partition::PartitionTable& table) {
  const BootWay way = boot_way(table);
  if (way.bios(table) == way.uefi()) return std::nullopt;
  return way.uefi() ? boot::Firmware::uefi : boot::Firmware::bios;
}

const char* to_string(boot::Firmware firmware) {
  return firmware == boot::Firmware::bios ? "BIOS" : "UEFI";
}

}  // namespace san::preflight
