// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "block/readable_device.h"
#include "core/range.h"
#include "filesystem/end_signatures.h"
#include "partition/partition_table.h"

namespace san::filesystem {

/// Content of a larger disk behind the end of a clone.
struct DiskRest {
  std::uint64_t offset = 0, length = 0;  ///< bytes; the length is 0 if there is no rest
  bool zeros = true;                     ///< nothing but zeros in the parts that were read
  std::vector<EndSignature> found;

  /// Returns true if other systems may take a disk with `table` on its front for something else because of
  /// `signature`. `table` is null if the table of the clone is not known.
  static bool decides(const EndSignature& signature, const partition::PartitionTable* table);
};

/// Examines the rest of `disk` behind `end`, in whole blocks: its first and last MiB and the offsets of
/// superblock copies, 3 MiB at most, however long it is. If `grown` is a partition that reaches into the
/// rest, its end is examined too. `overwritten` ranges count as zeros: a new table will be there. Blocks that
/// cannot be read count as data without a signature.
DiskRest look_at_rest(ReadableDevice& disk, std::uint64_t end, const RangeSet& overwritten,
                      const partition::Partition* grown = nullptr);

}  // namespace san::filesystem
