// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>

#include "devices/memory_device.h"
#include "partition/edit/table_edit.h"

namespace san::fuzz {

using namespace san::partition;

/// Applies `edit` to a copy of `start` that is `size` bytes long, in blocks of `block` bytes, and reads it
/// again: an edit that was not refused must give a sound table with the partitions that it promised.
inline void try_edit(std::span<const std::byte> start, std::uint64_t size, std::uint32_t block,
                     const std::function<TableEdit(const PartitionTable&)>& edit) {
  MemoryDevice disk("fuzz", size, std::byte{0}, block);
  std::copy_n(start.begin(), std::min<std::size_t>(start.size(), size), disk.bytes().begin());
  TableEdit done;
  try {
    done = edit(read_partition_table(disk));
  } catch (const Error&) {
    return;
  }
  apply_table(disk, done.table);
  const PartitionTable now = read_partition_table(disk);
  const bool gpt = done.table.kind == TableKind::gpt || done.table.kind == TableKind::hybrid;
  // Only what lives by its backup may go on so.
  const bool lives = now.primary == PrimaryState::good || lives_by_backup(done.table);
  const bool sound = !gpt || (lives && now.backup == BackupState::good);
  if (now.kind == done.table.kind && sound && now.partitions == done.table.partitions &&
      now.disk_id == done.table.disk_id)
    return;
  std::fprintf(stderr, "promised %s\nfound %s\n", to_json(done.table).dump(1).c_str(),
               to_json(now).dump(1).c_str());
  std::abort();
}

inline void try_edits(std::span<const std::byte> start, std::uint32_t block) {
  const std::uint64_t size = start.size();
  const auto fit = [&](std::uint64_t to) {
    return [to, block](const PartitionTable& table) { return fit_gpt(table, to, block); };
  };
  try_edit(start, size, block, fit(size));
  try_edit(start, 2 * size, block, fit(2 * size));
  try_edit(start, 2 * size, block,
           [&](const PartitionTable& table) { return grow_last(fit_gpt(table, 2 * size, block).table); });
  try_edit(start, size, block,
           [&](const PartitionTable& table) { return new_ids(fit_gpt(table, size, block).table); });
  try_edit(start, size, block, [](const PartitionTable& table) { return repair_gpt(table); });
  const std::uint32_t other = block == 512 ? 4096 : 512;
  try_edit(start, size, other,
           [=](const PartitionTable& table) { return convert_sector_size(table, size, other); });
}

}  // namespace san::fuzz
