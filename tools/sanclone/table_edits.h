// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "copy/engine/copier.h"
#include "core/json.h"
#include "core/text/printable.h"
#include "options.h"
#include "partition/edit/table_device.h"
#include "partition/edit/table_plan.h"
#include "rest_report.h"

namespace san {

// Changes of the source's partition table on its way: --fit-gpt, --grow-last, --new-ids and --sector-convert.

/// Plans the changes for a destination of `size` bytes with logical blocks of `block` bytes; 0 if it has no
/// blocks of its own, like an image file. Reads the partitions of `source` if a table is converted, or grows.
/// Throws Error(refused) if the options cannot be fulfilled.
partition::TablePlan plan_table_for(const CloneOptions& o, ReadableDevice& source,
                                    const partition::PartitionTable& table, std::uint64_t size,
                                    std::uint32_t block,
                                    const partition::RandomBytes& random = partition::system_random);
/// Plans the changes for a device that will have `size` bytes.
partition::TablePlan plan_table_for(const CloneOptions& o, ReadableDevice& source,
                                    const partition::PartitionTable& table, const ReadableDevice& destination,
                                    std::uint64_t size,
                                    const partition::RandomBytes& random = partition::system_random);

/// Returns a device that shows `destination` as if the table were unchanged; null if nothing is to be
/// changed.
std::unique_ptr<partition::TableDevice> edit_table(const CloneOptions& o, ReadableDevice& source,
                                                   const partition::PartitionTable& table,
                                                   const partition::TablePlan& plan, Device& destination);

/// Returns a device that is read as `destination`, a clone, but as if its table had not been changed; null
/// if nothing was to be changed.
std::unique_ptr<partition::TableView> view_table(const CloneOptions& o, ReadableDevice& source,
                                                 const partition::PartitionTable& table,
                                                 const partition::TablePlan& plan,
                                                 ReadableDevice& destination);

/// Result of edit_streamed().
struct StreamedTables {
  std::vector<partition::TablePlan> plans;
  std::vector<DestinationRest> rests;
};

/// Edits the tables of the destinations after a stream was cloned, when they can first be examined, and
/// examines the ranges after the clones. If that fails, the destination fails with an error that says that
/// the clone itself is complete.
StreamedTables edit_streamed(const CloneOptions& o, const std::vector<Device*>& destinations,
                             copy::CopyResult& result);

/// Marks the ranges of the table as stale in the clone map: other options may have written another table
/// there.
void stale_table_ranges(const std::optional<partition::PartitionTable>& table, RangeSet& stale);

/// Prints the warnings of the plan: things that no longer work unless the user acts.
void warn_of_edits(const std::string& destination, const partition::TablePlan& plan);
/// Returns the value of "gpt" of a destination; null if nothing was changed and there is nothing to report.
Json edits_json(const partition::TablePlan& plan);
/// Returns the lines about a destination.
Printable edits_text(const partition::TablePlan& plan);

}  // namespace san
