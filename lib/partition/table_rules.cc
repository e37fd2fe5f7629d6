// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "core/units.h"
#include "partition/lba.h"
#include "partition/partition_list.h"
#include "partition/partition_table.h"

namespace san::partition {
namespace {

/// Returns the difference between the backup and the primary; empty if both describe the same partitions.
std::string difference(const GptCopy& primary, const GptCopy& backup) {
  const GptHeader &a = primary.header, &b = backup.header;
  if (a.disk_guid != b.disk_guid) return "another disk GUID";
  if (a.entries_crc != b.entries_crc || a.entry_count != b.entry_count || a.entry_size != b.entry_size)
    return "other partitions";
  if (a.first_usable != b.first_usable || a.last_usable != b.last_usable) return "another usable range";
  if (b.alternate_lba != primary.lba || a.alternate_lba != backup.lba)
    return "another place of the other copy";
  return {};
}

BackupState judge_backup(PartitionTable& table) {
  const RawTable& raw = table.raw;
  const std::uint64_t blocks = table.device_size / table.sector_size;
  switch (raw.backup.state) {
    case GptCopy::State::absent:
      if (raw.primary.header_good() && raw.primary.header.alternate_lba >= blocks)
        report(table, Severity::error,
               fmt::format("the backup GPT should be in block {}, but the device has only {} blocks: it is "
                           "smaller than the disk the table was made for",
                           std::uint64_t{raw.primary.header.alternate_lba}, blocks));
      else
        report(table, Severity::warning, "there is no backup GPT");
      return BackupState::missing;
    case GptCopy::State::bad_header:
    case GptCopy::State::bad_entries:
      report(table, Severity::warning, "the backup GPT is damaged: " + raw.backup.fault);
      return BackupState::damaged;
    case GptCopy::State::good:
      break;
  }
  if (raw.primary.good())
    if (const std::string how = difference(raw.primary, raw.backup); !how.empty()) {
      report(table, Severity::warning, "the backup GPT differs from the primary: it has " + how);
      return BackupState::differs;
    }
  if (raw.backup.lba + 1 == blocks) return BackupState::good;
  report(table, Severity::warning,
         fmt::format("the backup GPT is in block {}, not in the device's last block {}: the table belongs to "
                     "a smaller disk",
                     raw.backup.lba, blocks - 1));
  return BackupState::not_at_end;
}

PrimaryState judge_primary(PartitionTable& table) {
  const GptCopy& primary = table.raw.primary;
  if (primary.good()) return PrimaryState::good;
  // Linux looks for the backup only with `gpt` on its command line (block/partitions/efi.c).
  const char* rest = table.raw.backup.good() ? "; the backup is good, but Linux will not look for it" : "";
  if (primary.state == GptCopy::State::absent) {
    report(table, Severity::error, fmt::format("there is no primary GPT{}", rest));
    return PrimaryState::missing;
  }
  report(table, Severity::error, fmt::format("the primary GPT is damaged: {}{}", primary.fault, rest));
  return PrimaryState::damaged;
}

ProtectiveState judge_protective(PartitionTable& table) {
  const auto& mbr = table.raw.mbr;
  if (!mbr || !has_protective_entry(*mbr)) {
    report(table, Severity::error,
           "there is no protective MBR in front of the GPT, so that systems ignore the GPT");
    return ProtectiveState::missing;
  }
  if (table.kind == TableKind::hybrid) {
    report(table, Severity::warning,
           "hybrid MBR: systems that prefer the MBR see only the partitions that it lists, and edits of one "
           "table do not reach the other");
    return ProtectiveState::hybrid;
  }
  const auto* entry = std::find_if(mbr->entries.begin(), mbr->entries.end(),
                                   [](const MbrEntry& e) { return e.is_protective(); });
  constexpr std::uint64_t kMaxSize = std::numeric_limits<std::uint32_t>::max();
  const std::uint64_t blocks = table.device_size / table.sector_size;
  // Windows writes 0xFFFFFFFF for any size of the disk.
  if (entry->first_lba == 1 && (entry->sectors == kMaxSize || std::uint64_t{entry->sectors} + 1 == blocks))
    return ProtectiveState::good;
  report(table, Severity::warning,
         fmt::format("the protective MBR covers blocks {} to {}, not the whole device of {} blocks",
                     std::uint32_t{entry->first_lba}, entry->end_lba() - 1, blocks));
  return ProtectiveState::wrong_size;
}

/// Checks that the tables do not overlap the range of partitions (UEFI 2.10, 5.3.2).
void check_positions(PartitionTable& table, const GptCopy& copy) {
  const GptHeader& header = copy.header;
  const RawTable& raw = table.raw;
  const auto array_end = [&](const GptCopy& c) {
    return saturating_add(c.header.entries_lba, divide_up(c.header.entries_bytes(), table.sector_size));
  };
  if (raw.primary.header_good() && array_end(raw.primary) > header.first_usable)
    report(table, Severity::error, "the entries of the primary GPT lie inside of the range for partitions");
  if (raw.backup.good() && raw.backup.header.entries_lba <= header.last_usable)
    report(table, Severity::error, "the backup GPT lies inside of the range for partitions");
}

void interpret_gpt(PartitionTable& table) {
  const RawTable& raw = table.raw;
  table.protective = judge_protective(table);
  table.primary = judge_primary(table);
  table.backup = judge_backup(table);
  const GptCopy* copy = raw.primary.good() ? &raw.primary : &raw.backup;
  if (!copy->good() && raw.primary.header_good()) copy = &raw.primary;
  if (!copy->header_good()) return;
  const GptHeader& header = copy->header;
  table.disk_id = header.disk_guid.text();
  table.usable_begin = table_bytes(table, header.first_usable);
  table.usable_end = table_bytes(table, saturating_add(header.last_usable, 1));
  if (header.revision != kGptRevision)
    report(table, Severity::warning,
           fmt::format("the GPT is of an unknown revision {:#x}", std::uint32_t{header.revision}));
  if (table.usable_begin > table.usable_end)
    report(table, Severity::error, "the GPT has no usable blocks");
  else if (table.usable_end > table.device_size)
    report(table, Severity::error,
           fmt::format("the usable range of the GPT ends at byte {}, but the device has only {}; Linux "
                       "refuses such a table",
                       table.usable_end, table.device_size));
  check_positions(table, *copy);
  list_gpt(table, *copy);
}

void interpret_mbr(PartitionTable& table) {
  const RawTable& raw = table.raw;
  if (raw.mbr->signature != 0) table.disk_id = fmt::format("{:#010x}", std::uint32_t{raw.mbr->signature});
  table.usable_begin = table.sector_size;
  table.usable_end = std::min(table_bytes(table, std::uint64_t{1} << 32), table.device_size);
  list_mbr(table);
  if (raw.primary.good() || raw.backup.good())
    report(table, Severity::warning,
           "a GPT is on the disk too, but the MBR in front of it is not protective: the MBR counts");
}

void check_sector_size(PartitionTable& table) {
  if (table.sector_size != table.device_block)
    report(table, Severity::error,
           fmt::format("the table was made for blocks of {} bytes, but the device has blocks of {}: systems "
                       "will not find the partitions",
                       table.sector_size, table.device_block));
  if (table.raw.other_size != 0)
    report(table, Severity::warning,
           fmt::format("another GPT, made for blocks of {} bytes, is on the disk too", table.raw.other_size));
}

}  // namespace

TableKind table_kind(const RawTable& raw) {
  const bool protective = raw.mbr && has_protective_entry(*raw.mbr);
  if (raw.mbr && lists_partitions(*raw.mbr) && !protective) return TableKind::mbr;
  const bool others =
      protective && std::any_of(raw.mbr->entries.begin(), raw.mbr->entries.end(),
                                [](const MbrEntry& e) { return e.used() && !e.is_protective(); });
  if (protective) return others ? TableKind::hybrid : TableKind::gpt;
  if (raw.primary.good()) return TableKind::gpt;
  if (raw.mbr) return TableKind::mbr;
  // The start of the disk was overwritten, but not by a file system.
  if (raw.content.empty() && raw.backup.good()) return TableKind::gpt;
  return TableKind::none;
}

void interpret(PartitionTable& table) {
  PartitionTable fresh;
  fresh.raw = std::move(table.raw);
  fresh.device = std::move(table.device);
  fresh.sector_size = table.sector_size;
  fresh.device_block = table.device_block;
  fresh.device_size = table.device_size;
  fresh.kind = table_kind(fresh.raw);
  table = std::move(fresh);
  switch (table.kind) {
    case TableKind::none:
      table.content = table.raw.content;
      if (table.raw.backup.good())
        report(table, Severity::warning,
               "the backup of a GPT is at the end of the device; it does not count");
      return;
    case TableKind::mbr:
      interpret_mbr(table);
      break;
    case TableKind::gpt:
    case TableKind::hybrid:
      interpret_gpt(table);
      break;
  }
  check_sector_size(table);
  check_ranges(table);
  check_overlaps(table);
  for (const Partition& p : table.partitions) table.end = std::max(table.end, p.end());
  if (table.raw.stray.good())
    report(table, Severity::warning,
           "another GPT backup, which the primary does not point to, is in the last block");
  if (table.raw.loose)
    report(table, Severity::info,
           fmt::format("{} ({}) is on the device beside the partition table, in no partition of its own",
                       table.raw.loose->type, format_size(table.loose_end())));
  if (!table.raw.content.empty())
    report(table, Severity::warning,
           fmt::format("the start of the device also looks like {}", table.raw.content));
}

}  // namespace san::partition
