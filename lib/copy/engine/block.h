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

namespace san {

/// Counts bytes as completed when its last owner lets go of it: when every destination has them.
class ProgressTicket {
 public:
  ProgressTicket(Progress& progress, std::uint64_t bytes) : progress_(progress), bytes_(bytes) {}
  ~ProgressTicket() { progress_.add(bytes_); }
  ProgressTicket(const ProgressTicket&) = delete;
  ProgressTicket& operator=(const ProgressTicket&) = delete;

 private:
  Progress& progress_;
  std::uint64_t bytes_;
};

/// Zero detection looks at file system blocks: finer gains nothing on any destination, coarser misses half of
/// them.
inline constexpr std::size_t kGranule = 4096;

/// A piece of the source: read once, hashed once, shared by all destinations.
struct Block {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< a multiple of every device's block size
  std::shared_ptr<std::byte> buffer;
  std::vector<Run> runs;  ///< zeros and data in units of kGranule
  Hash128 hash;           ///< of bytes(), where somebody wants it
  std::shared_ptr<const ProgressTicket> share;
  std::vector<map_format::Slot>
      known;  ///< with a clone map: what it says of the place, for every destination

  bool is_zero() const { return runs.size() == 1 && runs[0].zero; }
  std::span<std::byte> bytes() const { return {buffer.get(), static_cast<std::size_t>(length)}; }
};

}  // namespace san
