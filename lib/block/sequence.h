// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "block/device.h"

namespace san {

/// Sorts the requests of a sequential device, submitted in any order, by offset. It keeps no bytes of its
/// own, so callers limit the memory: a reader that assigns buffers to ascending offsets always has one for
/// the range that all others wait for. Not thread-safe.
class Sequence {
 public:
  /// A write, or zeros if `data` is null.
  struct Item {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    const std::byte* data = nullptr;  ///< null: zeros
    Completion done;
  };

  /// Adds a request. Throws Error(failed) about `name` for a range that has been taken already or overlaps a
  /// waiting one; `item` is left as it was then.
  void add(const std::string& name, Item&& item);
  /// Returns the item at position(); null until it is added. Valid until the next add() or take().
  Item* front();
  /// Takes `length` bytes of the front item. Returns its completion if that was all of it.
  std::optional<Completion> take(std::uint64_t length);
  /// Removes all waiting items and returns their completions.
  std::vector<Completion> clear();

  /// Returns the number of bytes taken so far.
  std::uint64_t position() const { return position_; }
  bool empty() const { return items_.empty(); }

 private:
  std::map<std::uint64_t, Item> items_;
  std::uint64_t position_ = 0;
};

}  // namespace san
