// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "copy/engine/destination.h"
#include "copy/engine/silent_changes.h"
#include "copy/engine/updater.h"
#include "copy/map/clone_map.h"

namespace san::copy {

/// Use of a clone map by a clone.
struct MapUse {
  /// Null without a map. Its destinations are those of the clone, in the same order.
  CloneMap* map = nullptr;
  /// For every destination, ranges in which the map is not trusted though it knows them: they are read back
  /// and compared. May have fewer entries than there are destinations; the map is trusted for the rest.
  std::vector<RangeSet> stale;
  /// The decisions that `stale` follows from, one a destination; may have fewer entries, too.
  std::vector<DeltaDecision> decisions = {};
};

/// Routes blocks to destinations by what a clone map knows of these: unknown blocks are written; known ones
/// with the same content are skipped; changed or stale ones are read back, and written as far as they differ.
/// write() is thread-safe; the rest belongs to one thread.
class MapRouter {
 public:
  /// Attaches a journal to each destination, and makes stale ranges unknown in the map. `head`: bytes of the
  /// boot region. All arguments must outlive it. Throws Error(failed) if the map cannot be written.
  MapRouter(const MapUse& use, std::vector<std::unique_ptr<Destination>>& destinations, std::uint64_t head);

  /// Stores in the block what the map knows of it. One thread, in ascending order.
  void look_up(Block& block);
  /// Sends the block to a destination. Thread-safe.
  void write(std::size_t destination, const std::shared_ptr<const Block>& block);
  /// Sends zeros to one destination, on the thread of look_up(). `check` is called while it waits; an
  /// exception that it throws ends the wait.
  void zero(std::size_t destination, std::uint64_t offset, std::uint64_t length,
            const std::shared_ptr<const ProgressTicket>& share, const std::function<void()>& check);
  /// Writes the boot region of one destination, at the end, while nothing is in flight. Throws
  /// Error(interrupted).
  void write_boot_region(std::size_t destination, const std::vector<std::shared_ptr<Block>>& blocks);
  /// Returns the epoch that begins with this run, for a destination whose boot region is unknown.
  const Token& epoch(std::size_t destination) const { return epochs_[destination]; }
  /// Returns true if the map, as opened, does not know the whole boot region: the clone on it was never
  /// complete.
  bool boot_region_unknown(std::size_t destination) const { return silent_[destination] == nullptr; }

  /// Waits, at most `timeout`, until no block waits to be read back for the destination; false if one does.
  bool wait_until_idle(std::size_t destination, std::chrono::milliseconds timeout);
  /// Begins flushes that are due, and commits the map. Called on every check of the copier. Throws
  /// Error(failed) if the map cannot be written.
  void checkpoint();
  /// Enters into the map all that was written to these destinations, failed ones excepted, which were flushed
  /// while nothing was in flight. Throws Error(failed).
  void all_flushed(const std::vector<std::size_t>& destinations);
  /// Makes a range unknown, because the destination does not hold the right data. Committed on return. Throws
  /// Error(failed).
  void forget(std::size_t destination, std::uint64_t offset, std::uint64_t length);
  /// Makes the boot region unknown, because it is about to be removed.
  void forget_boot_region(std::size_t destination) { forget(destination, 0, head_); }
  /// Returns the bytes of a block of the map.
  std::uint64_t block() const { return use_.map->block(); }
  /// Returns the bytes of a destination that were read back to be compared.
  std::uint64_t compared(std::size_t destination) const { return updaters_[destination]->compared(); }

 private:
  /// Makes the stale ranges of a destination unknown in the map, its boot region excepted.
  void invalidate_stale(std::size_t destination);
  /// Has a known block read back and compared.
  void update(std::size_t destination, const std::shared_ptr<const Block>& block);
  /// Records blocks that become zeros and were not, for silent_.
  void note_zeros(std::size_t destination, std::uint64_t begin, std::uint64_t end);
  /// Returns true if the range touches a stale one.
  bool stale(std::size_t destination, std::uint64_t offset, std::uint64_t length) const;

  const MapUse& use_;
  std::vector<std::unique_ptr<Destination>>& destinations_;
  const std::uint64_t head_;
  std::vector<Token> epochs_;
  std::vector<std::unique_ptr<Updater>> updaters_;
  /// Null for a destination whose boot region is unknown.
  std::vector<std::unique_ptr<SilentChanges>> silent_;
};

}  // namespace san::copy
