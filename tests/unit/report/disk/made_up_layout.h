// SPDX-License-Identifier: Apache-2.0
// Layouts that no disk is needed for.
#pragma once

#include <string>

#include "core/units.h"
#include "picture/disk_layout.h"

namespace san::test {

using namespace san::partition;
using namespace san::picture;

/// A table of kind GPT on a disk of `size` bytes with blocks of 512, both copies where they belong.
inline PartitionTable made_up_gpt(std::uint64_t size) {
  PartitionTable table;
  table.device = "disk";
  table.kind = TableKind::gpt;
  table.sector_size = table.device_block = 512;
  table.device_size = size;
  const auto place = [&](GptCopy& copy, std::uint64_t lba, std::uint64_t entries, std::uint64_t other) {
    copy.state = GptCopy::State::good;
    copy.lba = lba;
    copy.header.alternate_lba = other;
    copy.header.entries_lba = entries;
    copy.header.entry_count = 128;
    copy.header.entry_size = 128;
  };
  const std::uint64_t last = size / 512 - 1;
  place(table.raw.primary, 1, 2, last);
  place(table.raw.backup, last, last - 32, 1);
  table.usable_begin = std::uint64_t{34} * 512;
  table.usable_end = (last - 32) * 512;
  return table;
}

inline Partition made_up_partition(std::uint32_t number, std::uint64_t offset, std::uint64_t length,
                                   std::string name = {}) {
  Partition p;
  p.number = number;
  p.offset = offset;
  p.length = length;
  p.type_name = "Linux filesystem";
  p.name = std::move(name);
  return p;
}

/// What a layout of this table would be if nothing were known of the partitions and of what is stored.
inline DiskLayout made_up_layout(PartitionTable table) {
  DiskLayout layout;
  layout.device = "disk";
  layout.size = table.device_size;
  for (const Region& region : regions_of(table)) {
    layout.regions.push_back({region, {}, {}, {}, 0});
    if (region.kind == Region::Kind::partition) layout.totals.unknown += region.length;
    if (region.kind == Region::Kind::unallocated) layout.totals.unallocated += region.length;
    if (region.kind == Region::Kind::beyond) layout.totals.beyond += region.length;
    if (region.kind == Region::Kind::table) layout.totals.table += region.length;
  }
  if (table.kind == TableKind::none) layout.volumes.emplace_back().entry.length = layout.size;
  if (table.raw.loose) layout.volumes.emplace_back().entry.length = table.loose_end();
  for (const Partition& entry : table.partitions) layout.volumes.emplace_back().entry = entry;
  for (LayoutVolume& volume : layout.volumes) {
    volume.content = "unknown";
    volume.why_unknown = "it holds nothing that is recognised";
  }
  layout.table = std::move(table);
  return layout;
}

/// Puts a file system all over volume number `index`, of which the first `used` bytes are in use.
inline void put_file_system(DiskLayout& layout, std::size_t index, std::string content, std::uint64_t used) {
  LayoutVolume& volume = layout.volumes[index];
  volume.content = std::move(content);
  volume.known = true;
  volume.why_unknown.clear();
  volume.spanned = volume.entry.length;
  volume.used = used;
  volume.free = volume.spanned - used;
  layout.totals.used += used;
  layout.totals.free += volume.free;
  layout.totals.unknown -= volume.spanned;
  for (LayoutRegion& region : layout.regions)
    if (region.kind == Region::Kind::partition && region.offset == volume.entry.offset) {
      region.spanned = volume.spanned;
      region.used = Occupancy(region.offset, region.length, 512);
      region.used.add(region.offset, used);
    }
}

/// The device stores [0, end) and nothing else.
inline void put_stored(DiskLayout& layout, std::uint64_t end) {
  for (LayoutRegion& region : layout.regions) {
    region.stored = Occupancy(region.offset, region.length, 512);
    region.stored.add(0, end);
  }
  layout.totals.data = end;
  layout.totals.zero = layout.size - end;
}

/// 64 GiB: EFI 512 MiB, root 24 GiB of which a third is used, unallocated 8 GiB, LVM.
inline DiskLayout made_up_server() {
  PartitionTable table = made_up_gpt(64 * GiB);
  table.partitions = {made_up_partition(1, MiB, 512 * MiB, "EFI"),
                      made_up_partition(2, 513 * MiB, 24 * GiB, "root"),
                      made_up_partition(3, 513 * MiB + 32 * GiB, 31 * GiB + 510 * MiB, "data")};
  DiskLayout layout = made_up_layout(std::move(table));
  put_file_system(layout, 0, "fat32", 6 * MiB);
  put_file_system(layout, 1, "ext4", 8 * GiB);
  layout.volumes[2].content = "lvm";
  layout.volumes[2].why_unknown = "its content is only visible through another layer";
  return layout;
}

}  // namespace san::test
