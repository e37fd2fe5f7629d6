// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "core/units.h"
#include "partition/edit/gpt_build.h"
#include "partition/edit/table_edit.h"
#include "partition/gpt_location.h"
#include "partition/lba.h"

namespace san::partition {
namespace {

/// Extends the protective entry over the disk. An entry that covers it already is left unchanged; so are the
/// entry's flags, because some BIOSes boot only from a disk whose MBR has an active partition.
void fit_protective(PartitionTable& table) {
  RawTable& raw = table.raw;
  if (table.kind == TableKind::hybrid || table.protective != ProtectiveState::wrong_size) return;
  const MbrEntry whole = protective_mbr(MbrSector{}, table.device_size / table.sector_size).entries[0];
  const auto entry = std::find_if(raw.mbr->entries.begin(), raw.mbr->entries.end(),
                                  [](const MbrEntry& e) { return e.is_protective(); });
  const std::uint8_t status = entry->status;
  *entry = whole;
  entry->status = status;
  store_mbr(raw);
}

/// Puts the backup at the end of the disk of table.device_size bytes, and updates everything that depends on
/// it. The primary must be good and the partitions must fit.
void settle(PartitionTable& table) {
  RawTable& raw = table.raw;
  const GptHeader& header = raw.primary.header;
  const std::uint64_t array = entries_blocks(raw.primary);
  if (header.entries_lba + array > header.first_usable)
    refuse(table, "the entries of its primary GPT would not lie in front of the first usable block");
  const std::uint64_t last = table.device_size / table.sector_size - 1;
  raw.primary.header.last_usable = last - array - 1;
  set_backup_lba(table, last, last - array);
  raw.stray = {};
  interpret(table);  // finds out if the MBR fits the new size
  fit_protective(table);
  interpret(table);
}

void require_space(const PartitionTable& table, std::uint64_t size) {
  const std::uint64_t needed = needed_size(table);
  if (size < needed)
    refuse(table,
           fmt::format("its partitions and the backup GPT need {}, but the disk would have {}",
                       format_size_exact(needed), format_size_exact(size)),
           "shrink or remove the last partition first");
}

/// Rebuilds the primary from the backup.
void restore_primary(PartitionTable& table) {
  RawTable& raw = table.raw;
  const std::uint64_t entries_lba = primary_entries_lba(raw.primary);
  raw.primary = raw.backup;
  raw.primary.lba = 1;
  raw.primary.header.my_lba = 1;
  raw.primary.header.entries_lba = entries_lba;
}

void restore_protective(PartitionTable& table) {
  RawTable& raw = table.raw;
  raw.mbr = protective_mbr(raw.mbr.value_or(MbrSector{}), table.device_size / table.sector_size);
  store_mbr(raw);
}

/// Restores the front of the disk as it was in `before` after the table was repaired. A header that can be
/// trusted is updated to point to the backup.
void keep_front(PartitionTable& table, const RawTable& before, bool own_mbr) {
  RawTable& raw = table.raw;
  GptCopy primary = before.primary;
  if (primary.header_good()) {
    primary.header = raw.primary.header;
    primary.block = raw.primary.block;
  }
  raw.primary = std::move(primary);
  if (own_mbr) {
    raw.mbr = before.mbr;
    raw.block0 = before.block0;
  }
  interpret(table);
}

/// Fits a table that is only known by its backup, and rebuilds the primary if other data is not in the way. A
/// disk without a protective MBR has no GPT for any system, and cloning does not give it one.
void revive(TableEdit& edit, const PartitionTable& before) {
  PartitionTable& table = edit.table;
  const bool no_mbr = before.protective == ProtectiveState::missing;
  restore_primary(table);
  if (no_mbr) restore_protective(table);  // temporarily, so that everything else can be checked
  interpret(table);
  settle(table);
  require_no_errors(table);
  const std::string why_not = no_mbr ? "there is no protective MBR either" : before.raw.occupied;
  if (why_not.empty()) {
    edit.notes.emplace_back("the primary GPT was made from the backup");
    return;
  }
  keep_front(table, before.raw, no_mbr);
  edit.notes.push_back("only the backup GPT was moved, and no primary was made of it: " + why_not);
}

}  // namespace

TableEdit fit_gpt(const PartitionTable& table, std::uint64_t size, std::uint32_t block) {
  TableEdit edit{table, {}};
  PartitionTable& fitted = edit.table;
  fitted.device_size = size;
  fitted.device_block = block;
  if (table.kind != TableKind::none && block != table.sector_size)
    refuse(table,
           fmt::format("its partition table was made for blocks of {} bytes, not of {}", table.sector_size,
                       block),
           "convert the table to this block size, or choose a disk with the same");
  const bool by_backup = lives_by_backup(table);
  if (has_gpt(table) && !by_backup) require_good_primary(table);
  if (table.kind != TableKind::none) require_space(table, size);
  if (table.kind == TableKind::none || table.kind == TableKind::mbr) {
    fitted.sector_size = block;
    interpret(fitted);
    return edit;
  }
  if (by_backup) {
    revive(edit, table);
  } else {
    settle(fitted);
  }
  if (table.kind == TableKind::hybrid)
    edit.notes.emplace_back("the hybrid MBR was left as it is; only the GPT was fitted to the disk");
  if (!by_backup && fitted.protective == ProtectiveState::missing)
    edit.notes.emplace_back(
        "there is still no protective MBR, so that systems ignore the GPT; a repair adds one");
  return edit;
}

TableEdit repair_gpt(const PartitionTable& table) {
  if (!has_gpt(table)) refuse(table, "it has no GPT to repair");
  if (!table.raw.content.empty())
    refuse(table, fmt::format("its start looks like {}, which a repair would overwrite", table.raw.content));
  if (!table.raw.primary.good() && !table.raw.backup.good())
    refuse(table, "neither copy of its GPT is good", "restore the table from a saved one");
  TableEdit edit{table, {}};
  PartitionTable& repaired = edit.table;
  if (!table.raw.primary.good()) {
    restore_primary(repaired);
    edit.notes.emplace_back("the primary GPT was made from the backup");
  } else if (table.backup != BackupState::good) {
    edit.notes.emplace_back(
        fmt::format("the backup GPT was made from the primary (it was {})", to_string(table.backup)));
  }
  if (table.protective == ProtectiveState::missing) {
    restore_protective(repaired);
    edit.notes.emplace_back("the protective MBR was recreated, without boot code where there was none");
  }
  interpret(repaired);
  require_space(repaired, table.device_size);
  settle(repaired);
  return edit;
}

TableEdit convert_sector_size(const PartitionTable& table, std::uint64_t size, std::uint32_t block) {
  if (table.kind != TableKind::gpt)
    refuse(table, fmt::format("a partition table of kind {} cannot be converted to another block size",
                              to_string(table.kind)));
  if (!std::has_single_bit(block) || block < 512 || block > 65536)
    refuse(table, fmt::format("a disk cannot have blocks of {} bytes", block));
  require_good_primary(table);
  TableEdit edit{table, {}};
  PartitionTable& converted = edit.table;
  converted.device_block =
      table.sector_size;  // this conversion removes the mismatch; other errors prevent it
  interpret(converted);
  require_no_errors(converted);

  GptCopy& primary = converted.raw.primary;
  GptHeader& header = primary.header;
  const std::uint64_t first_usable =
      std::max(2 + divide_up(header.entries_bytes(), block), divide_up(table.usable_begin, block));
  for (std::uint32_t i = 0; i < gpt_entry_count(primary); ++i) {
    GptEntry entry = gpt_entry(primary, i);
    if (entry.type.is_zero()) continue;
    const std::uint64_t begin = entry.first_lba * table.sector_size,
                        end = (entry.last_lba + 1) * table.sector_size;
    if (begin % block != 0 || end % block != 0)
      refuse(table,
             fmt::format("partition {} {} at byte {}, which is not a multiple of {}", i + 1,
                         begin % block != 0 ? "begins" : "ends", begin % block != 0 ? begin : end, block),
             "move or resize this partition first");
    if (begin < first_usable * block)
      refuse(table,
             fmt::format("partition {} begins at byte {}, but the table needs the first {} bytes", i + 1,
                         begin, first_usable * block),
             "move this partition first");
    entry.first_lba = begin / block;
    entry.last_lba = end / block - 1;
    write_at(primary.entries, std::size_t{i} * header.entry_size, entry);
  }
  if (header.header_size > block)
    refuse(table,
           fmt::format("its header of {} bytes does not fit in a block", std::uint32_t{header.header_size}));
  primary.block.resize(block);
  primary.entries.resize(divide_up(header.entries_bytes(), block) * block);
  header.entries_lba = 2;
  header.first_usable = first_usable;
  // A larger first block is filled up with zeros, where the old table had its header.
  converted.raw.block0.resize(block);
  converted.raw.other_size = 0;
  converted.sector_size = converted.device_block = block;
  converted.device_size = size;
  interpret(converted);
  require_space(converted, size);
  settle(converted);
  edit.notes.emplace_back(
      fmt::format("file systems keep the block size they were made for: FAT (the EFI System partition too), "
                  "NTFS and XFS made for {}-byte blocks may be unreadable in blocks of {}",
                  table.sector_size, block));
  return edit;
}

}  // namespace san::partition
