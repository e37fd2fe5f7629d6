// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace san {

/// Whether every byte is zero. The first non-zero byte ends the scan; bytes at either end count like all
/// others.
bool all_zero(std::span<const std::byte> bytes) noexcept;

/// A part of a buffer: all zeros, or data (which may have zeros in it).
struct Run {
  std::size_t offset = 0;  ///< in bytes from the beginning of the buffer
  std::size_t length = 0;  ///< in bytes
  bool zero = false;
  bool operator==(const Run&) const = default;
};

/// Splits `buffer` into runs of data and of zeros, alternating, in order, without a gap, and puts them into
/// `runs` in place of what it held. Looks at units of `granule` bytes (not 0) counted from the beginning of
/// the buffer, the last one possibly shorter: a unit with any other byte than zero is data. Zeros for less
/// than `min_run` bytes become part of the data beside them, except where the whole buffer is zeros, which is
/// one zero run however short. An empty buffer has no runs.
void zero_runs(std::span<const std::byte> buffer, std::size_t granule, std::size_t min_run,
               std::vector<Run>& runs);

}  // namespace san
