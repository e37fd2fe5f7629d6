// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "copy/compare.h"
#include "copy/engine/copier.h"
#include "core/json.h"
#include "core/text/printable.h"
#include "filesystem/used_only_device.h"
#include "map_report.h"
#include "partition/edit/table_plan.h"
#include "partition/partition_table.h"
#include "rest_report.h"

namespace san {

/// Result of a dry run.
struct ClonePlan {
  std::uint64_t total = 0, data = 0, zero = 0;  ///< bytes, as far as extents show without reading
  std::vector<std::pair<std::string, std::vector<Error>>>
      destinations;                         ///< name, and errors with which a clone would be refused
  std::vector<partition::TablePlan> edits;  ///< changes of the destinations' partition tables
  std::vector<DestinationRest> rests;
};

/// Adds up the extents of `source`.
ClonePlan measure_plan(ReadableDevice& source, std::uint64_t block);

// `used_only` is null if free space is copied like everything else; `bad` is what could not be read; `edits`
// and `rests` are those of the destinations, in order.
Json plan_json(const std::string& source, const ClonePlan& plan,
               const std::optional<partition::PartitionTable>& table,
               const filesystem::UsedOnlyDevice* used_only);
Printable plan_text(const std::string& source, const ClonePlan& plan,
                    const std::optional<partition::PartitionTable>& table,
                    const filesystem::UsedOnlyDevice* used_only);

Json clone_json(const std::string& source, const copy::CopyResult& result, const copy::CopyOptions& options,
                const std::optional<partition::PartitionTable>& table,
                const filesystem::UsedOnlyDevice* used_only, const MapReport& map, const RangeSet& bad,
                const std::vector<partition::TablePlan>& edits, const std::vector<DestinationRest>& rests);
Printable clone_text(const std::string& source, const copy::CopyResult& result,
                     const copy::CopyOptions& options, const std::optional<partition::PartitionTable>& table,
                     const filesystem::UsedOnlyDevice* used_only, const MapReport& map, const RangeSet& bad,
                     const std::vector<partition::TablePlan>& edits,
                     const std::vector<DestinationRest>& rests);

Json compare_json(const std::string& source, const std::string& destination,
                  const copy::CompareResult& result, const filesystem::UsedOnlyDevice* used_only);
Printable compare_text(const std::string& source, const std::string& destination,
                       const copy::CompareResult& result);

/// True if the destination has neither an error nor a mismatch; meaningful if it was to be verified.
bool verified(const copy::DestinationResult& destination);

}  // namespace san
