// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "block/device.h"

namespace san {

/// The requests of a sequential device, which come in any order, in ascending order. It holds no bytes of its
/// own, so what it holds is bounded by whoever submits: a reader that gives buffers to ascending offsets
/// always has one for the range that everything else waits for. Not thread-safe.
class Sequence {
 public:
  struct Item {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    const std::byte* data = nullptr;  ///< null: zeros
    Completion done;
  };

  /// Throws Error(failed) about `name` for a range that has been taken already or overlaps one that waits.
  void add(const std::string& name, Item item);
  /// The item whose turn it is; null while it has not come. Good until the next add() or take().
  Item* front();
  /// `length` bytes of the front item have been used. Returns its completion when that was all of it.
  std::optional<Completion> take(std::uint64_t length);
  /// Everything that waits; nothing does afterwards.
  std::vector<Completion> clear();

  /// Bytes taken so far.
  std::uint64_t position() const { return position_; }
  bool empty() const { return items_.empty(); }

 private:
  std::map<std::uint64_t, Item> items_;
  std::uint64_t position_ = 0;
};

}  // namespace san
