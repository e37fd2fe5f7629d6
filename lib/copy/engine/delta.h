// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "block/device.h"
#include "copy/map/clone_map.h"
#include "filesystem/volume/free_space.h"
#include "partition/partition_table.h"

namespace san {

/// How to know that a destination still is what its finished map says.
enum class DeltaMode {
  automatic,  ///< by the places that every mount for writing changes, and a sample; else by reading it back
  compare,    ///< by reading back everything
  trust,      ///< not at all: the user knows
};

/// A stretch of a destination and how its content was established.
struct DeltaPart {
  std::string what;  ///< "partition 2 (ext4)", "outside of partitions"
  std::uint64_t offset = 0, length = 0;
  bool read_back = false;
  std::string why;  ///< a clause
  /// The places that every mount for writing changes; empty where there are none.
  std::vector<ByteRange> evidence = {};
};

struct DeltaDecision {
  /// What the map was when it was opened.
  enum class State {
    fresh,       ///< empty
    unfinished,  ///< the clone had not come to its end, and could not be booted from
    finished,
  };
  State state = State::fresh;
  std::vector<DeltaPart> parts;  ///< with a finished map, or a doubtful one: all of the destination
  bool by_evidence = false;      ///< the parts are partitions, with their evidence
  std::uint64_t examined = 0;    ///< bytes read back for the decision

  /// The parts that are to be read back, joined, in order.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> stale() const;
};

/// Decides what the map is believed for the destination number `index`: only where it is the disk that the
/// map was written for, in the state that the map speaks of (clone-map(5), PROOF). A disk that was made anew,
/// rolled back, or used since its map was written is not what the map says, and a delta by the map alone
/// would mix two disks. Reads from `device` its head, and blocks that it compares with the map's hashes: of
/// an unfinished clone at most 1 % of what is known, or 256 MiB. `table`: that of the source, if it has one;
/// the destination's is hidden until the end. Throws Error(failed) where the device cannot be read, and
/// Error(interrupted).
DeltaDecision decide_delta(CloneMap& map, std::size_t index, Device& device, DeltaMode mode,
                           const PartitionTable* table = nullptr);

}  // namespace san
