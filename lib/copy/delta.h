// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "block/device.h"
#include "copy/clone_map.h"
#include "copy/map_router.h"

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
  std::uint64_t examined = 0;    ///< bytes read back for the decision

  /// The parts that are to be read back, joined, in order.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> doubtful() const;
};

/// Decides for the destination number `index` of the map. A disk that somebody booted from since its map was
/// written is not what the map says, and a delta by the map alone would mix two disks. Reads blocks of
/// `device` and compares them with the map's hashes. Throws Error(failed) where it cannot be read, and
/// Error(interrupted).
DeltaDecision decide_delta(CloneMap& map, std::size_t index, Device& device, DeltaMode mode);

}  // namespace san
