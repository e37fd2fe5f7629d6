// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "copy/map/clone_map_format.h"
#include "copy/map/map_file.h"

namespace san::copy {

/// Slots of a clone map, in its file. A window of them is in memory, so that the map of any disk takes half a
/// megabyte a destination; made for ascending access. Not thread-safe.
class SlotFile {
 public:
  /// Covers `count` slots from byte `offset` of `file`, which must outlive it. Slots behind the end of the
  /// file are State::unknown.
  SlotFile(const MapFile& file, std::uint64_t offset, std::uint64_t count);

  /// Returns a slot. Throws Error(failed) if the file cannot be read, Error(refused) if the slot holds no
  /// state.
  map_format::Slot get(std::uint64_t index);
  /// Sets `length` slots from `index` on. Throws Error(failed) if the file cannot be written.
  void set(std::uint64_t index, std::uint64_t length, const map_format::Slot& slot);
  /// Writes changed slots to the file. Throws Error(failed).
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

}  // namespace san::copy
