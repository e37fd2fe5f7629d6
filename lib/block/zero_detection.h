// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace san {

/// True if every byte is zero. The first non-zero byte ends the scan; the buffer needs no alignment.
bool all_zero(std::span<const std::byte> bytes) noexcept;

/// A part of a buffer: all zeros, or data (which may include zeros).
struct Run {
  std::size_t offset = 0;  ///< offset from the beginning of the buffer, in bytes
  std::size_t length = 0;  ///< length in bytes
  bool zero = false;
  bool operator==(const Run&) const = default;
};

/// Splits `buffer` into alternating runs of data and zeros, in order and without gaps, and replaces the
/// content of `runs` by them. Examines units of `granule` bytes (not 0) counted from the beginning of the
/// buffer, the last one possibly shorter: a unit with any non-zero byte is data. Runs of zeros shorter than
/// `min_run` bytes become part of the data beside them, unless the whole buffer is zeros, which is one run of
/// zeros however short. An empty buffer has no runs.
void zero_runs(std::span<const std::byte> buffer, std::size_t granule, std::size_t min_run,
               std::vector<Run>& runs);

}  // namespace san
