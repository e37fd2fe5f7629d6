// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/hint_id.h"
#include "core/units.h"
#include "partition/edit/gpt_build.h"
#include "partition/edit/table_edit.h"

namespace san::partition {
namespace {

/// The usual form of CHS addresses beyond cylinder 1023.
constexpr ChsBytes kBeyondChs = {0xFE, 0xFF, 0xFF};

/// Returns the data partition that ends last; without one, an extended partition without logical ones.
const Partition& last_partition(const PartitionTable& table) {
  const Partition* last = nullptr;
  for (const Partition& p : table.partitions) {
    const bool better = last == nullptr || (last->extended && !p.extended) ||
                        (last->extended == p.extended && p.end() > last->end());
    if (better) last = &p;
  }
  if (last == nullptr) refuse(table, "it has no partition that could grow");
  return *last;
}

/// Returns the new end of the partition: the end of the usable range, or the last whole MiB of it if the
/// partition begins on one. Never less than its current end.
std::uint64_t new_end(const PartitionTable& table, const Partition& p) {
  std::uint64_t end = round_down(table.usable_end, table.sector_size);
  if (p.offset % MiB == 0) end = round_down(end, MiB);
  return std::max(end, p.end());
}

void grow_gpt(PartitionTable& table, const Partition& last, std::uint64_t end) {
  GptCopy& primary = table.raw.primary;
  GptEntry entry = gpt_entry(primary, last.number - 1);
  entry.last_lba = end / table.sector_size - 1;
  write_at(primary.entries, std::size_t{last.number - 1} * primary.header.entry_size, entry);
  update_backup(table);
}

/// Sets the end of an entry, which counts from block `base`, to block `end`.
void stretch(MbrEntry& entry, std::uint64_t base, std::uint64_t end) {
  entry.sectors = static_cast<std::uint32_t>(end - base - entry.first_lba);
  entry.last_chs = chs_of(end - 1, kBeyondChs);
}

/// Sets the end of the entry that find_extended() returns to block `end`.
void stretch_extended(MbrSector& sector, std::uint64_t base, std::uint64_t end) {
  if (const auto i = find_extended(sector)) stretch(sector.entries[*i], base, end);
}

/// Grows the logical partition number `number`, and the link to its record, which covers record and
/// partition.
void grow_logical(RawTable& raw, std::uint32_t number, std::uint64_t end) {
  std::uint32_t count = 4;
  for (std::size_t i = 0; i < raw.chain.size(); ++i) {
    const auto logical = find_logical(raw.chain[i].sector);
    if (!logical || ++count != number) continue;
    stretch(raw.chain[i].sector.entries[*logical], raw.chain[i].lba, end);
    if (i > 0) stretch_extended(raw.chain[i - 1].sector, raw.chain.front().lba, end);
  }
  for (ExtendedBootRecord& record : raw.chain) write_at(record.block, 0, record.sector);
}

void grow_mbr(PartitionTable& table, const Partition& last, std::uint64_t end) {
  RawTable& raw = table.raw;
  const std::uint64_t end_lba = end / table.sector_size;
  if (last.number <= 4) {
    stretch(raw.mbr->entries[last.number - 1], 0, end_lba);
  } else {
    grow_logical(raw, last.number, end_lba);
    stretch_extended(*raw.mbr, 0, end_lba);
  }
  store_mbr(raw);
}

}  // namespace

TableEdit grow_last(const PartitionTable& table) {
  if (table.kind == TableKind::none) refuse(table, "it has no partition table");
  if (table.kind == TableKind::hybrid)
    refuse(table, "it has a hybrid MBR, which would not follow the GPT", "grow the partition with gdisk");
  if (table.kind == TableKind::gpt) require_good_primary(table);
  require_no_errors(table);
  TableEdit edit{table, {}};
  const Partition& last = last_partition(table);
  // A logical partition cannot grow over a primary one behind it, nor can an extended partition that ends
  // last without being where the last data are.
  for (const Partition& p : table.partitions)
    if (p.end() > last.end() && !(p.extended && last.number > 4))
      refuse(table, fmt::format("partition {} ends behind partition {}", p.number, last.number));
  const std::uint64_t end = new_end(table, last);
  if (end == last.end()) {
    edit.notes.emplace_back(fmt::format("partition {} already ends where the disk does", last.number));
    return edit;
  }
  if (last.end() < table.loose_end())
    refuse(table,
           fmt::format(
               "partition {} ends at {}, and would grow over {}, which lies on the disk up to {} and is "
               "in no partition",
               last.number, format_size(last.end()), table.raw.loose->type, format_size(table.loose_end())),
           Hint(HintId::leave_last,
                "leave that partition as it is; where only its mark is left of an earlier use, wipefs(8) "
                "removes that"));
  if (table.kind == TableKind::gpt)
    grow_gpt(edit.table, last, end);
  else
    grow_mbr(edit.table, last, end);
  interpret(edit.table);
  edit.notes.emplace_back(fmt::format("partition {}{} has grown from {} to {}; what is inside of it has not",
                                      last.number, last.type_name.empty() ? "" : " (" + last.type_name + ")",
                                      format_size(last.length), format_size(end - last.offset)));
  return edit;
}

}  // namespace san::partition
