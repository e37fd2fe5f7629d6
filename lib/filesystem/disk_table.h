// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "partition/partition_table.h"

namespace san {

/// The partition table of `device` as read_partition_table() finds it, judged by what is on the whole device
/// where it lists no partition. 55 AA ends every boot sector, so an MBR without partitions in front of
/// something that probe() knows is none: the kind is `none` then, with that as the content. Beside a good GPT
/// without partitions it is RawTable::loose. Throws what read_partition_table() throws.
PartitionTable read_disk_table(Device& device);

}  // namespace san
