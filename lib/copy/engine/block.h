// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "block/zero_detection.h"
#include "copy/copy_options.h"
#include "core/hash.h"
#include "core/process/progress.h"

namespace san::copy {

/// Counts bytes as completed when its last owner releases it: when every destination has them. The owners may
/// be in different threads.
class ProgressTicket {
 public:
  /// Adds `bytes` to `progress`, which must outlive it, on destruction.
  ProgressTicket(Progress& progress, std::uint64_t bytes) : progress_(&progress), bytes_(bytes) {}
  /// Adds them to a counter, which must outlive it.
  ProgressTicket(std::atomic<std::uint64_t>& counter, std::uint64_t bytes)
      : counter_(&counter), bytes_(bytes) {}
  ~ProgressTicket() {
    if (progress_ != nullptr) progress_->add(bytes_);
    if (counter_ != nullptr) *counter_ += bytes_;
  }
  ProgressTicket(const ProgressTicket&) = delete;
  ProgressTicket& operator=(const ProgressTicket&) = delete;

 private:
  Progress* progress_ = nullptr;
  std::atomic<std::uint64_t>* counter_ = nullptr;
  std::uint64_t bytes_;
};

/// Piece of the source that is read once, hashed once, and shared by all destinations. Not changed any more
/// once it has been sent.
struct Block {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;                     ///< bytes, a multiple of every device's block size
  std::shared_ptr<std::byte> buffer;            ///< from the pool of the ChunkReader
  std::vector<Run> runs;                        ///< zeros and data in units of kGranule
  Hash128 hash;                                 ///< hash of bytes(); set only for verification or a clone map
  std::shared_ptr<const ProgressTicket> share;  ///< released with the block: progress is counted then

  bool is_zero() const { return runs.size() == 1 && runs[0].zero; }
  std::span<std::byte> bytes() const { return {buffer.get(), static_cast<std::size_t>(length)}; }
};

}  // namespace san::copy
