// SPDX-License-Identifier: Apache-2.0
#include "filesystem/disk_table.h"

#include "filesystem/probe.h"

namespace san::filesystem {
namespace {

/// Nothing that is recognised where the device cannot be read.
Probe probe_whole(ReadableDevice& device) {
  try {
    return probe_beside_table(device);
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    return {};
  }
}

void drop_mbr(partition::PartitionTable& table, const Probe& whole) {
  partition::RawTable& raw = table.raw;
  raw.mbr.reset();
  raw.loose.reset();
  raw.content = whole.type;
  table.sector_size = table.device_block;
}

}  // namespace

partition::PartitionTable read_disk_table(ReadableDevice& device) {
  partition::PartitionTable table = partition::read_partition_table(device);
  partition::RawTable& raw = table.raw;
  const bool good_gpt = table.kind == partition::TableKind::gpt && (raw.primary.good() || raw.backup.good());
  if ((table.kind != partition::TableKind::mbr && !good_gpt) || !table.partitions.empty()) return table;
  const Probe whole = probe_whole(device);
  if (whole.kind == Probe::Kind::none) return table;
  if (table.kind == partition::TableKind::mbr)
    drop_mbr(table, whole);
  else if (!raw.loose)
    raw.loose = partition::LooseVolume{whole.type, whole.label, device.size()};
  partition::interpret(table);
  return table;
}

}  // namespace san::filesystem
