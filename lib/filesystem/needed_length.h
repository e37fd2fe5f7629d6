// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "partition/partition_table.h"

namespace san {

/// Something on a disk that says where it ends.
struct StatedEnd {
  std::string what;       ///< "partition 2", "the ext4 in partition 2"
  std::uint64_t end = 0;  ///< one past its last byte
};

/// What a disk says of its own length.
struct NeededLength {
  std::uint64_t length = 0;         ///< bytes that there are
  bool known = false;               ///< something says how many there should be
  std::vector<StatedEnd> missing;   ///< what ends behind them: the disk was cut off, or is broken
  std::vector<std::string> doubts;  ///< clauses: what does not fit, though nothing need be missing

  bool cut_off() const { return !missing.empty(); }
};

/// How many bytes the partition table of `source` and the file systems on it say that there must be, against
/// those that it has (Device::content_size()). `table` is that of `source`.
///
/// These count: the end of every partition, of a hybrid MBR's as well; every record of the chain of logical
/// partitions; stated_size() of what is in each partition, or on a device without partitions; and where a
/// protective MBR stands before no GPT that can be read, the place of the GPT and the size that the MBR
/// gives. These do not: the backup GPT and the usable range, which can be made anew behind the last
/// partition; the end of the extended partition, which Linux makes no use of (block/partitions/msdos.c). What
/// is larger than its partition, and yet within the disk, is a doubt.
///
/// Reads some KiB of each partition; what cannot be read is left out. Throws Error(interrupted).
NeededLength needed_length(Device& source, const PartitionTable& table);

/// Where the chain of logical partitions of `table` leads to a block that holds no extended boot record: its
/// first byte.
std::optional<std::uint64_t> broken_chain(const PartitionTable& table);

/// "ends at byte N, but partition 2 goes on to byte M: it was cut off". Only where it was.
std::string describe_cut(const NeededLength& length);

}  // namespace san
