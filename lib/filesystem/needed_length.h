// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "partition/partition_table.h"

namespace san::filesystem {

/// Partition, file system or table that records its own end.
struct StatedEnd {
  std::string what;       ///< "partition 2", "the ext4 in partition 2"
  std::uint64_t end = 0;  ///< one past its last byte
};

/// Length of a disk as its tables and file systems record it.
struct NeededLength {
  std::uint64_t length = 0;         ///< bytes that the disk has
  bool known = false;               ///< something says how many there should be
  std::vector<StatedEnd> missing;   ///< all that ends behind `length`: the disk was cut off, or is broken
  std::vector<std::string> doubts;  ///< clauses about sizes that do not fit, though nothing need be missing

  bool cut_off() const { return !missing.empty(); }
};

/// Compares the length that the partition table of `source` and the file systems on it need with the one that
/// it has (Device::content_size()). `table` is that of `source`.
///
/// These count: the end of every partition, of a hybrid MBR's as well; every record of the chain of logical
/// partitions; stated_size() of what is in each partition, or on a device without partitions; and if a
/// protective MBR stands before no GPT that can be read, the position of the GPT and the size that the MBR
/// gives. These do not: the backup GPT and the usable range, which can be made anew behind the last
/// partition; the end of the extended partition, which Linux makes no use of (block/partitions/msdos.c). A
/// content that is larger than its partition, and yet within the disk, is a doubt.
///
/// Reads some KiB of each partition; partitions that cannot be read are left out. Throws Error(interrupted).
NeededLength needed_length(ReadableDevice& source, const partition::PartitionTable& table);

/// Returns the first byte of the block to which the chain of logical partitions of `table` leads although it
/// holds no extended boot record; nothing if the chain is whole.
std::optional<std::uint64_t> broken_chain(const partition::PartitionTable& table);

/// Describes a disk that was cut off: "ends at byte N, but partition 2 goes on to byte M: it was cut off". To
/// be called only if cut_off().
std::string describe_cut(const NeededLength& length);

}  // namespace san::filesystem
