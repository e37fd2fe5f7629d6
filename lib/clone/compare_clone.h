// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "clone/clone_result.h"
#include "clone/clone_run.h"
#include "copy/compare.h"

namespace san {

/// Result of a comparison of a clone with its source.
struct ComparedClone {
  std::string source, destination;  ///< names
  copy::CompareResult result;
  std::optional<FreeSpaceLeftOut> used_only;
  /// Changes of the partition table that were expected on the clone; nothing if none were, or if the data
  /// differ, which may then have any table and any identifiers.
  std::optional<partition::TablePlan> table;
};

/// Compares the source with the only destination as run_clone() would have made it, and writes nothing.
/// Throws Error(no) if the destination is smaller, and what a read throws.
ComparedClone compare_clone(CloneRun run);

}  // namespace san
