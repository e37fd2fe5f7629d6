// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/fill_random.h"
#include "partition/edit/gpt_build.h"
#include "partition/edit/table_edit.h"
#include "partition/partition_types.h"

namespace san::partition {
namespace {

Guid new_guid(const RandomBytes& random) {
  std::array<std::uint8_t, 16> bytes{};
  random(std::as_writable_bytes(std::span(bytes)));
  return Guid{bytes};
}

/// Returns a new signature, which is never zero, as that means none, and never the old one.
void new_signature(MbrSector& mbr, const RandomBytes& random) {
  const std::uint32_t old = mbr.signature;
  le32 fresh;
  // A few tries are enough for a working source; one that only gives zeros must not hang.
  for (int i = 0; i < 8 && (fresh == 0 || fresh == old); ++i)
    random(std::as_writable_bytes(std::span(&fresh, 1)));
  if (fresh == 0 || fresh == old) throw Error(Exit::failed, "random numbers", "the system gives none");
  mbr.signature = fresh;
}

void new_gpt_ids(PartitionTable& table, const RandomBytes& random) {
  GptCopy& primary = table.raw.primary;
  primary.header.disk_guid = new_guid(random);
  for (std::uint32_t i = 0; i < gpt_entry_count(primary); ++i) {
    GptEntry entry = gpt_entry(primary, i);
    if (entry.type.is_zero()) continue;
    entry.id = new_guid(random);
    write_at(primary.entries, std::size_t{i} * primary.header.entry_size, entry);
  }
  update_backup(table);
}

/// Returns true if Windows may be on the disk, by the types of the partitions.
bool may_hold_windows(const PartitionTable& table) {
  return std::any_of(table.partitions.begin(), table.partitions.end(), [](const Partition& p) {
    return p.type_id == gpt_type::microsoft_reserved || p.type_id == gpt_type::microsoft_basic_data ||
           p.type_id == gpt_type::microsoft_recovery || p.type_id == "0x07" || p.type_id == "0x27";
  });
}

}  // namespace

void system_random(std::span<std::byte> into) {
  fill_random(into);
  if (const auto bytes = read_at<std::array<std::uint8_t, 16>>(into, 0); bytes && into.size() == 16)
    write_at(into, 0, Guid::from_random(*bytes));
}

TableEdit new_ids(const PartitionTable& table, const RandomBytes& random) {
  if (table.kind == TableKind::none) refuse(table, "it has no partition table, and so no identifiers");
  const bool gpt = table.kind != TableKind::mbr;
  if (gpt) require_good_primary(table);
  require_no_errors(table);
  TableEdit edit{table, {}};
  RawTable& raw = edit.table.raw;
  if (gpt) new_gpt_ids(edit.table, random);
  // UEFI 2.10, table 5.1, wants no signature in a protective MBR; one that is there is an identifier
  // nevertheless.
  if (raw.mbr && (!gpt || raw.mbr->signature != 0)) {
    new_signature(*raw.mbr, random);
    store_mbr(raw);
  }
  interpret(edit.table);
  edit.notes.push_back(fmt::format("the disk's identifier is now {} (was {})", edit.table.disk_id,
                                   table.disk_id.empty() ? "none" : table.disk_id));
  edit.notes.emplace_back(
      "what names partitions by PARTUUID must be changed: /etc/fstab, root= on the kernel's command line, "
      "the configuration of the boot loader");
  if (gpt)
    edit.notes.emplace_back(
        "UEFI boot entries name the GUID of the EFI System partition: the firmware will only find "
        "\\EFI\\BOOT\\BOOTX64.EFI until new ones are made");
  if (may_hold_windows(table))
    edit.notes.push_back(
        fmt::format("Windows names disk and partition by the old {} in its boot configuration (BCD) and in "
                    "MountedDevices: run bcdboot before it is to boot",
                    gpt ? "GUIDs" : "signature"));
  return edit;
}

}  // namespace san::partition
