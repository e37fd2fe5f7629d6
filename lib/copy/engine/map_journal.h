// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "copy/map/clone_map.h"
#include "core/hash.h"

namespace san::copy {

/// Pending updates of the clone map for one destination: a block that was written is entered into the map
/// only after a flush that began later, because the content of a target's cache is lost with its power.
/// Thread-safe, at() excepted.
///
/// Its lock is held while CloneMap::add() takes the map's: the map must not call the journal. No lock is held
/// during CloneMap::commit().
class MapJournal {
 public:
  /// Starts empty. `map` must outlive it; `destination` is the number in the map's subject.
  MapJournal(CloneMap& map, std::size_t destination);

  /// Returns the entry of a block when the map was opened. Not thread-safe, ascending: see CloneMap::at().
  map_format::Slot at(std::uint64_t block) { return map_.at(destination_, block); }
  /// Returns the bytes of a block of the map.
  std::uint64_t block_bytes() const { return map_.block(); }

  /// Queues the update for [offset, offset + length), whole blocks of the map, which were written: data with
  /// `hash` (one block), or zeros without one.
  void written(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash);
  /// Makes the range unknown in the map, and drops pending updates of it. In the file after
  /// CloneMap::commit().
  void unknown(std::uint64_t offset, std::uint64_t length);
  /// Makes all blocks unknown, commits that, and enters nothing any more: the device has made a false claim
  /// about unmapped blocks, so any of them may hold stale data. Throws Error(failed) if the map cannot be
  /// written.
  void nothing_known();
  /// Returns true if the map knew any block when it was opened; such blocks may have been skipped.
  bool relied_upon() const;

  /// Returns true if a flush is due. If so, the caller flushes the device and then calls flushed().
  bool begin_flush();
  /// Ends the flush of begin_flush(): the updates that waited for it are entered, or dropped if it failed.
  /// `epoch` is that of the mark that was written to the destination before the flush, if any.
  void flushed(bool success, const std::optional<Epoch>& epoch = {});
  /// Announces a flush while nothing is in flight. Until all_flushed(), begin_flush() returns false;
  /// otherwise another flush could be in flight when the caller assumes that the device is idle.
  void begin_last_flush();
  /// Ends the flush of begin_last_flush() with success; `epoch` as for flushed().
  void all_flushed(const std::optional<Epoch>& epoch = {});

 private:
  using Clock = std::chrono::steady_clock;
  /// Adds the updates to the map, preceded by the progress of the epoch, and clears them. With the lock held.
  void enter(std::vector<map_format::Record>& records, const std::optional<Epoch>& epoch);
  /// Returns a record of the blocks that the range lies in.
  map_format::Record record(std::uint64_t offset, std::uint64_t length) const;

  CloneMap& map_;
  const std::uint32_t destination_;
  std::mutex mutex_;
  std::vector<map_format::Record> written_;   ///< not flushed
  std::vector<map_format::Record> flushing_;  ///< a flush is in flight
  bool flush_under_way_ = false, last_flush_ = false;
  bool unread_zeros_ = false;  ///< the device made a false claim about unmapped blocks
  Clock::time_point flush_began_ = Clock::now(), next_flush_ = flush_began_;
};

}  // namespace san::copy
