// SPDX-License-Identifier: Apache-2.0
#include "partition/edit/table_plan.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "core/hint_id.h"
#include "core/units.h"
#include "partition/edit/gpt_build.h"
#include "partition/lba.h"

namespace san::partition {
namespace {

void take(TablePlan& plan, TableEdit edit) {
  plan.table = std::move(edit.table);
  std::move(edit.notes.begin(), edit.notes.end(), std::back_inserter(plan.notes));
}

/// Returns true if the table need not be fitted to the size of the disk before it is edited.
bool fits_already(const PartitionTable& source, std::uint64_t size, std::uint32_t block, bool edited) {
  if (size != source.device_size) return false;
  if (!edited || source.kind == TableKind::none) return true;
  return source.device_block == block && (!has_gpt(source) || source.backup == BackupState::good);
}

/// Fits the table. The result is checked and not the source: the backup of a truncated image is rebuilt, and
/// a table for blocks of 4096 bytes in a file is at its position on a disk with such blocks.
void try_to_fit(TablePlan& plan, const PartitionTable& source, std::uint64_t size, std::uint32_t block,
                bool required) {
  if (source.kind == TableKind::none) {
    plan.unfitted = "there is no partition table";
    return;
  }
  try {
    TableEdit edit = fit_gpt(source, size, block);
    if (!has_gpt(source)) {
      plan.unfitted = "an MBR says nothing of the size of the disk";
    } else if (!edit.table.has_errors() || lives_by_backup(edit.table)) {
      plan.fitted = size != source.device_size || source.backup != BackupState::good;
    } else {
      plan.unfitted = first_error(edit.table);
      return;
    }
    take(plan, std::move(edit));
  } catch (const Error& error) {
    if (required || error.code() != Exit::refused) throw;
    plan.unfitted = error.cause();
  }
}

/// Returns a note on the systems that find the partitions of a disk with only a backup GPT.
std::string by_backup(const PartitionTable& table) {
  if (table.protective == ProtectiveState::missing)
    return "its partitions are only in the backup GPT, as on the source, and without a protective MBR no "
           "system looks for that";
  return "it depends on its backup GPT, as the source does: UEFI firmware and sgdisk find the partitions, "
         "Linux "
         "only with gpt on its command line";
}

void fit(TablePlan& plan, const PartitionTable& source, std::uint64_t size, std::uint32_t block,
         const TableEdits& edits) {
  try_to_fit(plan, source, size, block, edits.grow_last || edits.new_ids);
  if (plan.table && lives_by_backup(*plan.table)) plan.warnings.push_back(by_backup(source));
  if (!has_gpt(source) || plan.unfitted.empty() || size == source.device_size) return;
  const Hint hint(HintId::leave_table, "clone it with its table as it is");
  if (edits.must_fit)
    throw Error(Exit::refused, source.device, "its GPT cannot be fitted to another disk: " + plan.unfitted,
                hint);
  if (lives_by_backup(source))
    throw Error(
        Exit::refused, source.device,
        "it depends on its backup GPT, which nothing finds on a larger disk and which cannot be fitted "
        "to one: " +
            plan.unfitted,
        hint);
  plan.warnings.push_back("the partition table is left as it is: " + plan.unfitted);
}

/// Adds notes on a backup GPT that is the only copy, and is not moved.
void tell_of_backup(TablePlan& plan, const PartitionTable& source, bool larger, bool fit) {
  if (!source.raw.backup.good() || source.raw.primary.good() || plan.fitted) return;
  if (!has_gpt(source)) {
    if (larger)
      plan.notes.emplace_back(
          "the backup of a GPT at the end of the source does not count there, and is not found on a larger "
          "disk");
  } else if (!larger) {
    plan.notes.push_back(by_backup(source));
  } else if (!fit) {
    plan.warnings.emplace_back(
        "no partitions will be found on it: they are only in the backup GPT, which is not at its end");
  }
}

}  // namespace

TablePlan plan_table(const PartitionTable& source, std::uint64_t size, std::uint32_t block,
                     const TableEdits& edits, const RandomBytes& random) {
  TablePlan plan;
  const std::uint32_t sector = block != 0 ? block : source.sector_size;
  const std::uint64_t bytes = round_down(size, sector);
  const bool edited = edits.grow_last || edits.new_ids;
  if (bytes < source.device_size) return plan;  // a disk that is too small is refused elsewhere
  if (edits.convert && sector != source.sector_size) {
    take(plan, convert_sector_size(source, bytes, sector));
    plan.notes.clear();  // the file systems are examined before a conversion
    plan.converted = true;
    plan.fitted = bytes != source.device_size;
  } else if (!fits_already(source, bytes, sector, edited) && (edits.fit || !has_gpt(source))) {
    fit(plan, source, bytes, sector, edits);
  }
  tell_of_backup(plan, source, bytes > source.device_size, edits.fit);
  if (!edits.fit) plan.unfitted.clear();
  const bool changed = plan.converted || plan.fitted || edited;
  if (edits.grow_last) {
    const PartitionTable before = plan.table ? *plan.table : source;
    take(plan, grow_last(before));
    for (const Partition& p : plan.table->partitions)
      for (const Partition& old : before.partitions)
        if (p.number == old.number && p.length != old.length && !p.extended) plan.grown = p;
  }
  if (edits.new_ids) {
    TableEdit edit = new_ids(plan.table ? *plan.table : source, random);
    plan.warnings.insert(plan.warnings.end(), edit.notes.begin() + 1, edit.notes.end());
    edit.notes.resize(1);
    take(plan, std::move(edit));
    plan.new_ids = true;
  }
  if (!changed) plan.table.reset();
  return plan;
}

RandomBytes ids_of(const PartitionTable& table) {
  std::vector<std::byte> ids;
  const auto add = [&ids](const auto& id) {
    const auto bytes = std::as_bytes(std::span(&id, 1));
    ids.insert(ids.end(), bytes.begin(), bytes.end());
  };
  const GptCopy& gpt = table.raw.primary;
  if (has_gpt(table) && gpt.good()) {
    add(gpt.header.disk_guid);
    for (std::uint32_t i = 0; i < gpt_entry_count(gpt); ++i)
      if (const GptEntry entry = gpt_entry(gpt, i); !entry.type.is_zero()) add(entry.id);
  }
  if (table.raw.mbr) add(table.raw.mbr->signature);
  // An empty identifier must not become zero, which would be no identifier.
  return [ids = std::move(ids), at = std::make_shared<std::size_t>(0)](std::span<std::byte> into) {
    for (std::byte& byte : into) byte = *at < ids.size() ? ids[(*at)++] : std::byte{0xFF};
  };
}

}  // namespace san::partition
