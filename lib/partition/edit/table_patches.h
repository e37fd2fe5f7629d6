// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "block/readable_device.h"
#include "core/range.h"
#include "partition/partition_table.h"

namespace san::partition {

/// One block of a disk that differs between two tables on it.
struct TablePatch {
  std::uint64_t offset = 0;
  std::vector<std::byte> wanted;  ///< content with the edited table
  std::vector<std::byte> source;  ///< content of the source; empty beyond its end

  std::uint64_t end() const { return offset + wanted.size(); }
};

/// Returns the differences between a disk with the table `after` and `source`, which has the table `before`:
/// blocks of `block` bytes in ascending order. The old position of the GPT's backup becomes zeros, because
/// programs that search for a lost table would otherwise find it in the middle of a larger disk. Throws the
/// errors of reading the source.
std::vector<TablePatch> table_patches(ReadableDevice& source, const PartitionTable& before,
                                      const PartitionTable& after, std::uint32_t block);

/// Returns the ranges that a table occupies: patches are in these, including those of an earlier run with
/// other edits.
RangeSet table_ranges(const PartitionTable& table);

}  // namespace san::partition
