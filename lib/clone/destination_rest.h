// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "clone/clone_run.h"
#include "copy/engine/copier.h"
#include "filesystem/disk_rest.h"
#include "partition/edit/table_plan.h"

namespace san {

/// Content of a larger destination after the end of the clone, and its treatment.
struct DestinationRest {
  filesystem::DiskRest rest;
  RangeSet table;             ///< ranges of the clone's partition table
  std::vector<bool> decides;  ///< for each of rest.found: true if programs would identify the disk by it
  bool cut = false;           ///< true if it was cut off a file; nothing was examined
  bool wiped = false;         ///< true if the request asks for it
  bool written = false;       ///< true if the wipe has to write zeros
};

/// Examines `destination`, which will have `size` bytes, from the end of the clone at `end` on. `table` is
/// the clone's table, which `plan` may change. Warns of signatures by which programs would identify the disk,
/// and of a wipe that will take long.
DestinationRest look_behind(const CloneRun& run, ReadableDevice& destination, std::uint64_t end,
                            std::uint64_t size, const partition::PartitionTable& table,
                            const partition::TablePlan& plan);

/// Reads the wiped range back. If it is not all zeros, the destination fails with Error(no).
void check_wiped(ReadableDevice& destination, const DestinationRest& rest, copy::DestinationResult& result);

}  // namespace san
