// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "copy/change_signal.h"
#include "copy/engine/block.h"
#include "core/range.h"

namespace san::copy {

/// Write queue of one destination of a copy. Ranges that it skipped while it lagged behind the others are
/// read again in a second pass, when these are complete. held() and the release of blocks are thread-safe;
/// the rest belongs to one thread.
class WriteQueue {
 public:
  /// `signal`, if there is one, is told of every block that is released, and must outlive it.
  explicit WriteQueue(ChangeSignal* signal = nullptr) : signal_(signal) {}
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  /// Returns another pointer to the block, whose bytes count as held until the last copy of this pointer is
  /// gone. The queue must outlive it.
  std::shared_ptr<const Block> hold(const std::shared_ptr<const Block>& block);
  /// Returns the bytes held: being read for this destination, or being written to it.
  std::uint64_t held() const { return held_; }

  /// Records a range for the second pass.
  void leave_out(const Range& range) { left_out_.add(range); }
  /// Returns the ranges recorded so far.
  const RangeSet& left_out() const { return left_out_; }
  /// Returns and clears the ranges recorded so far.
  RangeSet take_left_out() { return std::exchange(left_out_, {}); }

  /// Set while it lags: it receives no new blocks until no more than a quarter of its share of the memory is
  /// held.
  bool behind = false;
  /// Set for good once it has lagged: the others do not wait for it a second time.
  bool slow = false;

 private:
  ChangeSignal* const signal_;
  std::atomic<std::uint64_t> held_{0};
  RangeSet left_out_;
};

/// Part of the union of several queues' ranges that the same queues need.
struct QueuedRange {
  Range range;
  std::vector<std::size_t> queues;  ///< indexes into the argument of merge()
  bool operator==(const QueuedRange&) const = default;
};

/// Cuts the union of the sets wherever one of their ranges begins or ends. Returns the parts in ascending
/// order.
std::vector<QueuedRange> merge(const std::vector<RangeSet>& sets);

}  // namespace san::copy
