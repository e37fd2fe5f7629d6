// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "block/device.h"
#include "copy/map/clone_map.h"
#include "core/range.h"
#include "partition/partition_table.h"

namespace san::copy {

/// Way to establish that a destination still holds what its finished map records.
enum class DeltaMode {
  automatic,  ///< by the ranges that every mount for writing changes, and a sample; else by reading it back
  compare,    ///< by reading back everything
  trust,      ///< by the user's word; only the boot region is compared
};

/// Part of a destination, and the decision about its content.
struct DeltaPart {
  std::string what;        ///< "partition 2 (ext4)", "outside of partitions"
  Range range;             ///< of the destination
  bool read_back = false;  ///< true if it is to be read back and compared
  std::string why;         ///< reason, as a clause
  /// Ranges that every mount for writing changes; empty if there are none.
  std::vector<Range> evidence = {};
};

/// Decision about the use of a map for one destination.
struct DeltaDecision {
  /// State of the map when it was opened.
  enum class State {
    fresh,       ///< empty
    unfinished,  ///< the clone had completed
    finished,
  };
  State state = State::fresh;
  std::vector<DeltaPart> parts;  ///< with a finished map, or one that is not trusted: all of the destination
  bool by_evidence = false;      ///< the parts are partitions, with their evidence
  std::uint64_t examined = 0;    ///< bytes read back for the decision

  /// Returns the parts that are to be read back.
  RangeSet stale() const;
};

/// Decides which ranges of the destination number `index` are trusted to hold what the map records: only if
/// it is the disk that the map was written for, in the state that the map describes (clone-map(5), PROOF). A
/// disk that was recreated, rolled back, or used since its map was written does not hold it, and a delta by
/// the map alone would mix two disks. Reads the boot region of `device`, and blocks that it compares with the
/// map's hashes: of an unfinished clone at most 1 % of the known bytes, or 256 MiB. `table` is that of the
/// source, if it has one; the destination's is hidden until the end. Blocks the caller. Throws Error(failed)
/// if the device cannot be read, and Error(interrupted).
DeltaDecision decide_delta(CloneMap& map, std::size_t index, Device& device, DeltaMode mode,
                           const partition::PartitionTable* table = nullptr);

}  // namespace san::copy
