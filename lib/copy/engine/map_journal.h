// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "copy/map/clone_map.h"
#include "core/hash.h"

namespace san {

/// What one destination has, on its way into the clone map: a block that was written is entered only after a
/// flush that began later, because what lies in a target's cache is lost with its power. Thread-safe.
class MapJournal {
 public:
  /// `map` outlives it; `destination` counts as the map's subject does.
  MapJournal(CloneMap& map, std::size_t destination);

  /// What the map knew of a block when it was opened. Not thread-safe, ascending: see CloneMap::at().
  map_format::Slot at(std::uint64_t block) { return map_.at(destination_, block); }
  std::uint64_t block_bytes() const { return map_.block(); }

  /// [offset, offset + length), whole blocks of the map, was written: bytes with `hash` (one block), or zeros
  /// where there is none.
  void written(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash);
  /// What it holds is unknown from now on. In the file after CloneMap::commit().
  void unknown(std::uint64_t offset, std::uint64_t length);
  /// The device lied about unmapped blocks: any block may hold what nobody wrote. Committed at once, and
  /// nothing is entered any more. Throws Error(failed) where the map cannot be written.
  void nothing_known();
  /// Whether the map knew anything when it was opened, which may have been left as it is.
  bool relied_upon() const;

  /// Whether it is time for a flush. If so, the caller flushes the device and then calls flushed().
  bool begin_flush();
  /// A flush that was begun after begin_flush() has succeeded, or failed: what waited for it is entered, or
  /// dropped. `epoch` is that of the mark which went to the destination before the flush, if one did.
  void flushed(bool success, const std::optional<Epoch>& epoch = {});
  /// The device is about to be flushed while nothing is under way: until all_flushed(), begin_flush() says
  /// no, or another flush could be under way when the caller takes the device for idle.
  void begin_last_flush();
  /// The flush after begin_last_flush() has succeeded; `epoch` as for flushed().
  void all_flushed(const std::optional<Epoch>& epoch = {});

 private:
  using Clock = std::chrono::steady_clock;
  void enter(std::vector<map_format::Record>& records, const std::optional<Epoch>& epoch);
  map_format::Record record(std::uint64_t offset, std::uint64_t length) const;

  CloneMap& map_;
  const std::uint32_t destination_;
  std::mutex mutex_;
  std::vector<map_format::Record> written_;   ///< not flushed
  std::vector<map_format::Record> flushing_;  ///< a flush is under way
  bool flush_under_way_ = false, last_flush_ = false;
  bool unread_zeros_ = false;  ///< the device lied
  Clock::time_point flush_began_ = Clock::now(), next_flush_ = flush_began_;
};

}  // namespace san
