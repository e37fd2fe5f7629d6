// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "partition/partition_table.h"

namespace san::filesystem {

/// Reads the partition table of `device` and, if it lists no partition, judges it by the content of the whole
/// device. Every boot sector ends with 55 AA, so an MBR without partitions in front of a content that probe()
/// recognises is no table: the kind is `none` then, and RawTable::content names the content. Beside a good
/// GPT without partitions that content becomes RawTable::loose. Throws what read_partition_table() throws.
partition::PartitionTable read_disk_table(ReadableDevice& device);

}  // namespace san::filesystem
