// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "partition/partition_table.h"

namespace san::picture {

/// A range of a device with one classification.
struct Region {
  enum class Kind {
    table,        ///< MBR, GPT, backup GPT, extended boot record
    partition,    ///< one partition; without an owner the whole device, or the space beside the table
    overlap,      ///< more than one partition, or a partition over a table: its owner is ambiguous
    unallocated,  ///< in no partition
    beyond,       ///< after the end of the disk for which the table was made
    unknown,      ///< in no known partition, but the table cannot be read to its end, or is no table
  };
  Kind kind = Kind::unallocated;
  std::uint64_t offset = 0, length = 0;
  std::string table;  ///< name of the table in it: "GPT"; empty if there is none
  /// Indexes into PartitionTable::partitions of its owners, at most kMaxOwners; empty if there is no table,
  /// and for RawTable::loose.
  std::vector<std::size_t> owners = {};
  std::uint32_t container = 0;  ///< number of the extended partition that contains it; 0 for none

  std::uint64_t end() const { return offset + length; }
};

/// Returns the name of a kind in JSON documents: "table", "partition" …
const char* to_string(Region::Kind kind);

inline constexpr std::size_t kMaxOwners = 8;

/// Cuts [0, device_size) into regions: in order, without a gap or an overlap, none of length 0; adjacent
/// regions differ. Ranges of the table outside of the device are omitted. A device without a table has one
/// region of kind `partition`, an empty device none.
std::vector<Region> regions_of(const partition::PartitionTable& table);

}  // namespace san::picture
