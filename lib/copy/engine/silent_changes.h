// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>

#include "copy/engine/delta.h"

namespace san::copy {

/// Detects an update that changes a file system, but none of the ranges that every mount for writing changes:
/// the source was written to without its file system. A destination that is rolled back to a state before
/// that update would be taken for updated, because only those ranges are examined. changed() is thread-safe.
class SilentChanges {
 public:
  /// Watches the parts of `decision`. `before`: Standing::silent_changes from earlier updates.
  SilentChanges(const DeltaDecision& decision, bool before);

  /// Records that the source differs from the map in [offset, offset + length), a block of the map.
  /// Thread-safe.
  void changed(std::uint64_t offset, std::uint64_t length);
  /// Returns true if some file system may have been changed silently, by this update or an earlier one. Valid
  /// only after all of the source has been compared.
  bool possible() const;

 private:
  /// Partition with the ranges that a mount changes.
  struct Part {
    Range range;
    RangeSet evidence;
    std::atomic<bool> changed{false}, shows{false};
  };
  const bool before_, by_evidence_;
  std::deque<Part> parts_;
};

}  // namespace san::copy
