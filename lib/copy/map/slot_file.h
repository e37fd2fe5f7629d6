// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "copy/map/clone_map_format.h"
#include "copy/map/map_file.h"

namespace san {

/// The slots of a clone map, in its file. A window of them is in memory, so that the map of any disk takes a
/// megabyte; access is meant to go forwards. Not thread-safe.
class SlotFile {
 public:
  /// `count` slots from byte `offset` of `file`, which it keeps a reference to. What is behind the end of the
  /// file is State::unknown.
  SlotFile(const MapFile& file, std::uint64_t offset, std::uint64_t count);

  /// Throws Error(failed) where the file cannot be read, Error(refused) where a slot holds no state.
  map_format::Slot get(std::uint64_t index);
  /// `length` slots from `index` on. Throws Error(failed) where the file cannot be written.
  void set(std::uint64_t index, std::uint64_t length, const map_format::Slot& slot);
  /// What was set is in the file afterwards.
  void write_back();

 private:
  void load(std::uint64_t index);

  const MapFile& file_;
  const std::uint64_t offset_, count_;
  std::vector<std::byte> window_;
  std::uint64_t first_ = 0;   ///< index of the first slot of the window
  std::uint64_t loaded_ = 0;  ///< slots in it
  bool changed_ = false;
};

}  // namespace san
