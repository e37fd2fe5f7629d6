// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "copy/engine/block.h"

namespace san {

/// What one destination of a copy has under way, and what it was not given because it did not keep up with
/// the others: that is read again for it when they are done. held() is for every thread, the rest for one.
class WriteQueue {
 public:
  using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  ///< begin and end, in order

  WriteQueue() = default;
  WriteQueue(const WriteQueue&) = delete;
  WriteQueue& operator=(const WriteQueue&) = delete;

  /// The same block, whose bytes count as held until the last copy of this pointer is gone. The lane outlives
  /// it.
  std::shared_ptr<const Block> hold(const std::shared_ptr<const Block>& block);
  /// Bytes.
  std::uint64_t held() const { return held_; }

  /// It goes without this range for now. Ranges come in ascending order.
  void leave_out(std::uint64_t offset, std::uint64_t length);
  const Ranges& left_out() const { return left_out_; }
  Ranges take_left_out() { return std::exchange(left_out_, {}); }

  /// It is being left out, until it has done most of what it holds.
  bool behind = false;
  /// It was once: the others do not wait for it a second time.
  bool slow = false;

 private:
  std::atomic<std::uint64_t> held_{0};
  Ranges left_out_;
};

/// A part of the union of several lanes' ranges that the same lanes want.
struct QueuedRange {
  std::uint64_t begin = 0, end = 0;
  std::vector<std::size_t> queues;  ///< indexes into what merge() was given
  bool operator==(const QueuedRange&) const = default;
};

/// Cuts the union of the lists at every place where one of them begins or ends. In ascending order.
std::vector<QueuedRange> merge(const std::vector<WriteQueue::Ranges>& lists);

}  // namespace san
