// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "copy/engine/copier.h"
#include "core/text/table.h"
#include "filesystem/disk_rest.h"
#include "options.h"
#include "partition/edit/table_plan.h"

namespace san {

/// What is behind the clone on a larger destination, and what becomes of it.
struct DestinationRest {
  DiskRest rest;
  ByteRanges table;           ///< where the table of the clone is
  std::vector<bool> decides;  ///< of rest.found: whether it decides what the disk is taken for
  bool cut = false;           ///< off a file; nothing was looked at
  bool wiped = false;         ///< by --wipe-rest
  bool written = false;       ///< … which has to write zeros
};

/// Looks at the rest of `destination`, which will have `size` bytes, behind the clone, which ends at `end`
/// and has the table `table` or what `plan` makes of it. Warns of what decides what the disk is taken for,
/// and of a wipe that will take long.
DestinationRest look_behind(const CloneOptions& o, Device& destination, std::uint64_t end, std::uint64_t size,
                            const PartitionTable& table, const TablePlan& plan);

/// Looks again at what was wiped. Where it is no zeros, the destination fails with Error(no).
void check_wiped(Device& destination, const DestinationRest& rest, DestinationResult& result);

/// The value of "rest" of a destination: null where there is none.
Json rest_json(const DestinationRest& rest);
/// Lines about a destination; none where there is no rest, or one of zeros.
Printable rest_text(const DestinationRest& rest, bool dry_run);

}  // namespace san
