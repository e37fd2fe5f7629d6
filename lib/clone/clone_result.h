// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/destination_rest.h"
#include "clone/source_freeze.h"
#include "copy/engine/copier.h"
#include "copy/engine/delta.h"
#include "core/range.h"
#include "filesystem/used_only_device.h"
#include "partition/edit/table_plan.h"
#include "partition/partition_table.h"

namespace san {

/// Free space that was left out.
struct FreeSpaceLeftOut {
  std::uint64_t bytes = 0;                            ///< taken for zeros
  std::vector<filesystem::UsedPartition> partitions;  ///< by ascending offset
};

/// Returns what a filter left out; nothing if free space is copied like everything else (null).
std::optional<FreeSpaceLeftOut> left_out(const filesystem::UsedOnlyDevice* used_only);

/// Result of a clone, with all that was found out on the way. CloneReport tells others the most important of
/// it.
struct CloneResult {
  std::string source;                              ///< name
  copy::CopyResult copy;                           ///< with the destinations, in the order of the request
  std::optional<partition::PartitionTable> table;  ///< of the source; nothing for a stream
  std::optional<FreeSpaceLeftOut> used_only;
  std::vector<copy::DeltaDecision> map;      ///< of the destinations; empty without a clone map
  RangeSet bad;                              ///< could not be read, and is zeros
  std::vector<partition::TablePlan> tables;  ///< of the destinations
  std::vector<DestinationRest> rests;        ///< of the destinations
  std::optional<bool> source_changed;        ///< nothing if nobody looked
  std::optional<FrozenSource> frozen;        ///< nothing if no freeze was asked for
  std::optional<Error> unsteady;             ///< the source gave other data when it was read a second time
  std::optional<Error> bad_map_error;        ///< the map of bad places could not be written at the end
};

/// True if the destination has neither an error nor a mismatch; meaningful if it was to be verified.
bool verified(const copy::DestinationResult& destination);

}  // namespace san
