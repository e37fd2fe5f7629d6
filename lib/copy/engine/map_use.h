// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "copy/copy_options.h"
#include "copy/engine/delta.h"
#include "copy/map/clone_map.h"
#include "core/range.h"

namespace san::copy {

/// Use of a clone map by a clone.
struct MapUse {
  /// Null without a map. Its destinations are those of the clone, in the same order.
  CloneMap* map = nullptr;
  /// For every destination, ranges in which the map is not trusted though it knows them: they are read back
  /// and compared. May have fewer entries than there are destinations; the map is trusted for the rest.
  std::vector<RangeSet> stale = {};
  /// The decisions that `stale` follows from, one a destination; may have fewer entries, too.
  std::vector<DeltaDecision> decisions = {};
};

/// Returns the bytes of a block of a map for such a clone: copy_block(), rounded down to a power of two.
std::uint64_t map_block(const CopyOptions& options, const ReadableDevice& source,
                        const std::vector<Device*>& destinations);

/// Returns the identities that a map of this clone records. `path` is the name of the source as the user gave
/// it.
MapSubject map_subject(const ReadableDevice& source, const std::string& path,
                       const std::vector<Device*>& destinations, std::uint64_t block);

}  // namespace san::copy
