// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/units.h"
#include "partition/edit/gpt_build.h"
#include "partition/edit/table_edit.h"

namespace san::partition {
namespace {

using Stage = TableWrite::Stage;

void add_copy(std::vector<TableWrite>& writes, const PartitionTable& table, const GptCopy& copy,
              Stage entries, Stage header) {
  if (!copy.header_good()) return;
  if (copy.good() && !copy.entries.empty())
    writes.push_back({entries, copy.header.entries_lba * table.sector_size, copy.entries});
  writes.push_back({header, copy.lba * table.sector_size, copy.block});
}

/// Returns true if `write` is on the device already.
bool is_there(ReadableDevice& device, const TableWrite& write) {
  std::vector<std::byte> now(write.bytes.size());
  read_wait(device, write.offset, now);
  return now == write.bytes;
}

}  // namespace

std::vector<TableWrite> table_writes(const PartitionTable& table) {
  std::vector<TableWrite> writes;
  if (table.kind == TableKind::none) return writes;
  const RawTable& raw = table.raw;
  if (table.kind == TableKind::gpt || table.kind == TableKind::hybrid) {
    add_copy(writes, table, raw.backup, Stage::backup, Stage::backup);
    add_copy(writes, table, raw.primary, Stage::primary_entries, Stage::primary_header);
  }
  for (auto record = raw.chain.rbegin(); record != raw.chain.rend(); ++record)
    writes.push_back({Stage::boot_records, record->lba * table.sector_size, record->block});
  if (raw.mbr) writes.push_back({Stage::boot_records, 0, raw.block0});
  return writes;
}

std::uint64_t apply_table(Device& device, const PartitionTable& table) {
  const Limits limits = device.limits();
  if (table.sector_size != limits.logical_block || table.device_size != device.size())
    throw Error(
        Exit::refused, device.name(),
        fmt::format(
            "the partition table was made for {} in blocks of {} bytes, but this is {} in blocks of {}",
            format_size_exact(table.device_size), table.sector_size, format_size_exact(device.size()),
            limits.logical_block),
        "fit the table to this device first");
  std::uint64_t written = 0;
  bool dirty = false;
  Stage stage = Stage::backup;
  for (const TableWrite& write : table_writes(table)) {
    if (write.stage != stage && dirty) flush_wait(device);
    if (write.stage != stage) dirty = false;
    stage = write.stage;
    if (is_there(device, write)) continue;
    write_wait(device, write.offset, write.bytes);
    written += write.bytes.size();
    dirty = true;
  }
  if (dirty) flush_wait(device);
  return written;
}

}  // namespace san::partition
