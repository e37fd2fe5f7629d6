// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clone/clone_run.h"
#include "clone/destination_rest.h"
#include "copy/engine/copier.h"
#include "partition/edit/table_device.h"
#include "partition/edit/table_plan.h"

namespace san {

// Changes of the source's partition table on its way: what a request says about GPTs, the last partition,
// identifiers and block sizes.

/// Plans the changes for a destination of `size` bytes with logical blocks of `block` bytes; 0 if it has no
/// blocks of its own, like an image file. Reads the partitions of `source` if a table is converted, or grows.
/// Throws Error(refused) if the request cannot be fulfilled.
partition::TablePlan plan_table_for(const CloneRun& run, ReadableDevice& source,
                                    const partition::PartitionTable& table, std::uint64_t size,
                                    std::uint32_t block,
                                    const partition::RandomBytes& random = partition::system_random);
/// Plans the changes for a device that will have `size` bytes.
partition::TablePlan plan_table_for(const CloneRun& run, ReadableDevice& source,
                                    const partition::PartitionTable& table, const ReadableDevice& destination,
                                    std::uint64_t size,
                                    const partition::RandomBytes& random = partition::system_random);

/// Returns a device that shows `destination` as if the table were unchanged; null if nothing is to be
/// changed.
std::unique_ptr<partition::TableDevice> edit_table(const CloneRun& run, ReadableDevice& source,
                                                   const partition::PartitionTable& table,
                                                   const partition::TablePlan& plan, Device& destination);
/// Returns a device that is read as `destination`, a clone, but as if its table had not been changed; null if
/// nothing was to be changed.
std::unique_ptr<partition::TableView> view_table(const CloneRun& run, ReadableDevice& source,
                                                 const partition::PartitionTable& table,
                                                 const partition::TablePlan& plan,
                                                 ReadableDevice& destination);

/// The tables of the destinations, planned, and all that could be refused.
struct EditedTables {
  /// Replaces `destinations` by devices that show them as if no table had been edited. `source` and `table`
  /// are null for a stream. Throws Error(refused).
  EditedTables(const CloneRun& run, ReadableDevice* source, std::optional<std::uint64_t> size,
               const std::optional<partition::PartitionTable>& table, std::vector<Device*>& destinations);

  std::vector<partition::TablePlan> plans;
  std::vector<DestinationRest> rests;
  std::vector<std::unique_ptr<partition::TableDevice>> devices;
};

/// Result of edit_streamed().
struct StreamedTables {
  std::vector<partition::TablePlan> plans;
  std::vector<DestinationRest> rests;
};

/// Edits the tables of the destinations after a stream was cloned, when they can first be examined, and
/// examines the ranges after the clones. If that fails, the destination fails with an error that says that
/// the clone itself is complete.
StreamedTables edit_streamed(const CloneRun& run, const std::vector<Device*>& destinations,
                             copy::CopyResult& result);

/// Marks the ranges of the table as stale in the clone map: other options may have written another table
/// there.
void stale_table_ranges(const std::optional<partition::PartitionTable>& table, RangeSet& stale);

/// Warns of what no longer works by the plan unless the user acts.
void warn_of_edits(const std::string& destination, const partition::TablePlan& plan);

}  // namespace san
