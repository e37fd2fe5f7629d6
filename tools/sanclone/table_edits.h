// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "copy/engine/copier.h"
#include "core/text/table.h"
#include "options.h"
#include "partition/edit/table_device.h"
#include "partition/edit/table_plan.h"
#include "rest_report.h"

namespace san {

// What becomes of the source's partition table on its way: --fit-gpt, --grow-last, --new-ids and
// --sector-convert.

/// Plans it for a destination of `size` bytes. `blocks`: whether the destination has blocks of its own, of
/// `block` bytes. Looks into the partitions of `source` where a table is converted, or grows. Throws
/// Error(refused) where what was asked for cannot be done.
TablePlan plan_table_for(const CloneOptions& o, Device& source, const PartitionTable& table,
                         std::uint64_t size, std::uint32_t block, const RandomBytes& random = system_random);
/// The same for a device that will have `size` bytes.
TablePlan plan_table_for(const CloneOptions& o, Device& source, const PartitionTable& table,
                         const Device& destination, std::uint64_t size,
                         const RandomBytes& random = system_random);

/// A device that shows `destination` as if the edit had not been done; null where there is nothing to edit.
std::unique_ptr<TableDevice> edit_table(const CloneOptions& o, Device& source, const PartitionTable& table,
                                        const TablePlan& plan, Device& destination);

/// After a stream was cloned: edits the tables of the destinations, which nobody could look into before, and
/// looks at what is behind the clones. Where that fails, the destination fails; it says that the clone itself
/// is there.
struct StreamedTables {
  std::vector<TablePlan> plans;
  std::vector<DestinationRest> rests;
};
StreamedTables edit_streamed(const CloneOptions& o, const std::vector<Device*>& destinations,
                             CopyResult& result);

/// Adds the places of the table to those in which a clone map is not believed: other options may have put
/// another table there.
void stale_table_ranges(const std::optional<PartitionTable>& table,
                        std::vector<std::pair<std::uint64_t, std::uint64_t>>& stale);

/// Warns of what does not work any more with the new table.
void warn_of_edits(const std::string& destination, const TablePlan& plan);
/// The value of "gpt" of a destination: null where nothing was edited, and nothing is to be said.
Json edits_json(const TablePlan& plan);
/// Lines about a destination.
Printable edits_text(const TablePlan& plan);

}  // namespace san
