// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "copy/engine/delta.h"

namespace san {

/// Finds out whether an update changes a file system, and none of the places that every mount for writing
/// changes: somebody wrote to the source by going around the file system. A destination that is rolled back
/// behind that update would look as if it held it, because those places are all that is looked at.
class SilentChanges {
 public:
  /// `before`: what the map says of earlier updates.
  SilentChanges(const DeltaDecision& decision, bool before);

  /// The source has other content in [offset, offset + length), a block of the map, than the map knows.
  /// Thread-safe.
  void changed(std::uint64_t offset, std::uint64_t length);
  /// Tells whether that may be so for some file system, by this update or an earlier one. To be asked when
  /// all of the source has been looked at.
  bool possible() const;

 private:
  struct Part {
    ByteRange range;
    std::vector<ByteRange> evidence;
    std::atomic<bool> changed{false}, shows{false};
  };
  const bool before_, by_evidence_;
  std::deque<Part> parts_;
};

}  // namespace san
