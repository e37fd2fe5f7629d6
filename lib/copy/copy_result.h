// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/hash.h"
#include "core/range.h"

namespace san::copy {

/// Bytes that went to one destination, by kind.
struct DestinationBytes {
  std::uint64_t written = 0;    ///< sent: data, and zeros that had to be written
  std::uint64_t unmapped = 0;   ///< zeros by deallocation
  std::uint64_t skipped = 0;    ///< left as they were
  std::uint64_t offloaded = 0;  ///< copied by the target itself
};

/// Result for one destination.
struct DestinationResult {
  std::string name;
  /// Empty if it did not fail; without mismatches, the clone on it is then complete and flushed.
  std::optional<Error> error;
  DestinationBytes bytes;
  std::uint64_t verified = 0;     ///< bytes read back and found right
  std::uint64_t compared = 0;     ///< bytes read back because of the clone map
  std::vector<Range> rewritten;   ///< found wrong and corrected, in the order in which they were found
  std::vector<Range> mismatches;  ///< still wrong, likewise
};

/// Result of a copy. Bytes, and seconds of wall-clock time.
struct CopyResult {
  std::uint64_t total = 0;  ///< of the source
  std::uint64_t data = 0;   ///< read, in units of kGranule with at least one byte that is not zero
  std::uint64_t zero = 0;   ///< holes, and units of kGranule that are all zeros
  Hash128 hash;             ///< of the whole source as read
  bool hashed = true;       ///< false if the target copied most of it, so that `hash` means nothing
  bool unsteady = false;    ///< the source returned other data when it was read a second time
  struct {
    /// Of several destinations, the one that took longest in a stage counts.
    double total = 0, copy = 0, flush = 0, verify = 0;
  } seconds;
  std::vector<DestinationResult> destinations;
};

}  // namespace san::copy
