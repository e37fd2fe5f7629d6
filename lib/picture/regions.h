// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "partition/partition_table.h"

namespace san {

/// A piece of a device of which one thing can be said.
struct Region {
  enum class Kind {
    table,        ///< MBR, GPT, backup GPT, extended boot record
    partition,    ///< one partition; without an owner the whole device, or what lies beside the table
    overlap,      ///< more than one partition, or a partition over a table: whose it is cannot be told
    unallocated,  ///< in no partition
    beyond,       ///< behind the end of the disk that the table was made for
    unknown,      ///< in no partition that is known, but the table cannot be read to its end, or is no table
  };
  Kind kind = Kind::unallocated;
  std::uint64_t offset = 0, length = 0;
  std::string table;  ///< which table, where there is one: "GPT"
  /// SampleExtents in PartitionTable::partitions of those it belongs to, at most kMaxOwners; empty where
  /// there is no table, and for RawTable::loose.
  std::vector<std::size_t> owners = {};
  std::uint32_t container = 0;  ///< number of the extended partition that it lies in, 0 for none

  std::uint64_t end() const { return offset + length; }
};

/// "table", "partition" …: the words of the JSON documents.
const char* to_string(Region::Kind kind);

inline constexpr std::size_t kMaxOwners = 8;

/// Cuts [0, device_size) into regions: in order, without a gap or an overlap, none of length 0; neighbours
/// differ. What the table says of places outside of the device is left out. Without a table it is one region
/// of kind `partition`, none for an empty device.
std::vector<Region> regions_of(const PartitionTable& table);

}  // namespace san
