// SPDX-License-Identifier: Apache-2.0
#include "filesystem/disk_table.h"

#include "filesystem/probe.h"

namespace san {
namespace {

/// Nothing that is recognised where the device cannot be read.
Probe probe_whole(Device& device) {
  try {
    return probe_beside_table(device);
  } catch (const Error& error) {
    if (error.code() != Exit::failed) throw;
    return {};
  }
}

void drop_mbr(PartitionTable& table, const Probe& whole) {
  RawTable& raw = table.raw;
  raw.mbr.reset();
  raw.loose.reset();
  raw.content = whole.type;
  table.sector_size = table.device_block;
}

}  // namespace

PartitionTable read_disk_table(Device& device) {
  PartitionTable table = read_partition_table(device);
  RawTable& raw = table.raw;
  const bool good_gpt = table.kind == TableKind::gpt && (raw.primary.good() || raw.backup.good());
  if ((table.kind != TableKind::mbr && !good_gpt) || !table.partitions.empty()) return table;
  const Probe whole = probe_whole(device);
  if (whole.kind == Probe::Kind::none) return table;
  if (table.kind == TableKind::mbr)
    drop_mbr(table, whole);
  else if (!raw.loose)
    raw.loose = LooseVolume{whole.type, whole.label, device.size()};
  interpret(table);
  return table;
}

}  // namespace san
