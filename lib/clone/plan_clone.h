// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clone/clone_result.h"
#include "clone/clone_run.h"

namespace san {

/// A clone as it would be.
struct ClonePlan {
  std::string source;                              ///< name
  std::uint64_t total = 0, data = 0, zero = 0;     ///< bytes, as far as extents show without reading
  std::optional<partition::PartitionTable> table;  ///< of the source
  std::optional<FreeSpaceLeftOut> used_only;
  std::optional<FrozenSource> frozen;  ///< what would be frozen; nothing if no freeze is asked for
  std::vector<std::pair<std::string, std::vector<Error>>>
      destinations;                         ///< name, and errors with which a clone would be refused
  std::vector<partition::TablePlan> edits;  ///< changes of the destinations' partition tables
  std::vector<DestinationRest> rests;

  /// Returns true if a clone would be refused.
  bool refused() const;
};

/// Plans what run_clone() would do, and writes nothing. Throws Error for what is wrong with the source, and
/// for what keeps a destination from being examined.
ClonePlan plan_clone(CloneRun run);

}  // namespace san
