// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "block/zero_detection.h"
#include "copy/map/clone_map_format.h"
#include "core/hash.h"
#include "core/process/progress.h"

namespace san::copy {

/// Counts bytes as completed when its last owner releases it: when every destination has them. The owners may
/// be in different threads.
class ProgressTicket {
 public:
  /// Adds `bytes` to `progress`, which must outlive it, on destruction.
  ProgressTicket(Progress& progress, std::uint64_t bytes) : progress_(progress), bytes_(bytes) {}
  ~ProgressTicket() { progress_.add(bytes_); }
  ProgressTicket(const ProgressTicket&) = delete;
  ProgressTicket& operator=(const ProgressTicket&) = delete;

 private:
  Progress& progress_;
  std::uint64_t bytes_;
};

/// Bytes of the unit of zero detection, the block size of most file systems: a finer one gains nothing on any
/// destination, a coarser one misses half of the zeros.
inline constexpr std::size_t kGranule = 4096;

/// Piece of the source that is read once, hashed once, and shared by all destinations. Not changed any more
/// once it has been sent.
struct Block {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;                     ///< bytes, a multiple of every device's block size
  std::shared_ptr<std::byte> buffer;            ///< from the Copier's pool
  std::vector<Run> runs;                        ///< zeros and data in units of kGranule
  Hash128 hash;                                 ///< hash of bytes(); set only for verification or a clone map
  std::shared_ptr<const ProgressTicket> share;  ///< released with the block: progress is counted then
  /// With a clone map: its entries for this range, one a destination. Empty without one.
  std::vector<map_format::Slot> known;

  bool is_zero() const { return runs.size() == 1 && runs[0].zero; }
  std::span<std::byte> bytes() const { return {buffer.get(), static_cast<std::size_t>(length)}; }
};

}  // namespace san::copy
