// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "block/device.h"
#include "filesystem/end_signatures.h"
#include "partition/partition_table.h"

namespace san {

/// What is behind the end of a clone on a larger disk.
struct DiskRest {
  std::uint64_t offset = 0, length = 0;  ///< of the rest; no length: there is none
  bool zeros = true;                     ///< nothing but zeros where it was looked at
  std::vector<EndSignature> found;

  /// Whether something of it decides what a disk with `table` on its front is taken for (null: the table of
  /// the clone is not known).
  static bool decides(const EndSignature& signature, const PartitionTable* table);
};

/// Ranges of bytes: offset and length.
using ByteRanges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

/// Looks at the rest of `disk` behind `end`, whole blocks, at its first and last MiB and in places where
/// copies of superblocks are: 3 MiB at most, however long it is. Where `grown` is a partition that reaches
/// into the rest, its end is looked at too. `overwritten` ranges count for zeros: a new table will be there.
/// What cannot be read is no zeros, and nothing is found there.
DiskRest look_at_rest(Device& disk, std::uint64_t end, const ByteRanges& overwritten,
                      const Partition* grown = nullptr);

}  // namespace san
