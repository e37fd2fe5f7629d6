// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/gpt_build.h"

#include "partition/lba.h"

namespace san::partition {

void refuse(const PartitionTable& table, const std::string& cause, const Hint& hint) {
  throw Error(Exit::refused, table.device, cause, hint);
}

void require_good_primary(const PartitionTable& table) {
  if (table.kind != TableKind::gpt && table.kind != TableKind::hybrid)
    refuse(table, "it has no GPT", "only a GPT can be edited this way");
  if (table.primary != PrimaryState::good)
    refuse(table, "its primary GPT is " + std::string(to_string(table.primary)),
           table.raw.backup.good() ? "repair it from the backup first" : "there is no good backup either");
}

std::string first_error(const PartitionTable& table) {
  for (const Diagnostic& problem : table.problems)
    if (problem.severity == Severity::error) return problem.text;
  return {};
}

void require_no_errors(const PartitionTable& table) {
  if (table.has_errors())
    refuse(table, "its partition table is not sound: " + first_error(table), "correct this first");
}

std::uint64_t entries_blocks(const GptCopy& copy) {
  return divide_up(copy.header.entries_bytes(), copy.block.size());
}

void set_backup_lba(PartitionTable& table, std::uint64_t lba, std::uint64_t entries_lba) {
  GptCopy &primary = table.raw.primary, &backup = table.raw.backup;
  primary.header.alternate_lba = lba;
  backup = primary;
  backup.lba = lba;
  backup.header.my_lba = lba;
  backup.header.alternate_lba = primary.lba;
  backup.header.entries_lba = entries_lba;
  seal_gpt(primary);
  seal_gpt(backup);
}

void update_backup(PartitionTable& table) {
  if (table.backup != BackupState::good && table.backup != BackupState::not_at_end)
    refuse(table, "its backup GPT is " + std::string(to_string(table.backup)),
           "fit the table to the device or repair it first");
  set_backup_lba(table, table.raw.backup.lba, table.raw.backup.header.entries_lba);
}

void store_mbr(RawTable& raw) {
  if (raw.mbr) write_at(raw.block0, 0, *raw.mbr);
}

}  // namespace san::partition
