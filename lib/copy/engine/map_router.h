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

namespace san {

/// How a clone uses a map.
struct MapUse {
  CloneMap* map = nullptr;  ///< null: none. Its destinations are those of the clone, in the same order
  /// For every destination, ranges in which the map is not believed though it knows them (offset and length,
  /// in order, without overlaps): they are read back and compared. A destination may be left out: all is
  /// believed.
  std::vector<std::vector<std::pair<std::uint64_t, std::uint64_t>>> stale;
  /// The decisions that `doubtful` follows from, one a destination; may be left out as well.
  std::vector<DeltaDecision> decisions = {};
};

/// Sends blocks to destinations by what a clone map knows of these: unknown ones are written; known ones with
/// the same content are left alone; what has changed, or is doubtful, is read back, and written as far as it
/// differs.
class MapRouter {
 public:
  /// All of it outlives this. `head`: bytes at the front that are written last. What is doubtful is unknown
  /// in the map from now on. Throws Error(failed) where the map cannot be written.
  MapRouter(const MapUse& use, std::vector<std::unique_ptr<Destination>>& destinations, std::uint64_t head);

  /// Notes in the block what the map knows of it. One thread, in ascending order.
  void look_up(Block& block);
  /// Sends it to a destination. Any thread.
  void write(std::size_t destination, const std::shared_ptr<const Block>& block);
  /// Zeros for one destination. The thread of look_up(). `check` is called while it waits; what it throws
  /// ends the wait.
  void zero(std::size_t destination, std::uint64_t offset, std::uint64_t length,
            const std::shared_ptr<const ProgressTicket>& share, const std::function<void()>& check);
  /// The first blocks of the disk for one destination, at the end, while nothing is under way. Throws
  /// Error(interrupted).
  void write_boot_region(std::size_t destination, const std::vector<std::shared_ptr<Block>>& blocks);
  /// The epoch that begins with this run, of a destination whose head is unknown.
  const Token& epoch(std::size_t destination) const { return epochs_[destination]; }
  /// Whether the map, as opened, does not know the whole head: the clone on it was never complete.
  bool boot_region_unknown(std::size_t destination) const { return silent_[destination] == nullptr; }

  /// Waits until everything for the destination is on its way, at most `patience`. False: not yet.
  bool wait_until_idle(std::size_t destination, std::chrono::milliseconds timeout);
  /// Flushes destinations whose turn it is, and brings the map up to date. Called again and again.
  void checkpoint();
  /// These destinations, but the failed ones, were flushed while nothing was under way.
  void all_flushed(const std::vector<std::size_t>& destinations);
  /// The destination does not hold there what it should. In the map when this returns.
  void forget(std::size_t destination, std::uint64_t offset, std::uint64_t length);
  /// The same of the head, which is about to be removed.
  void forget_boot_region(std::size_t destination) { forget(destination, 0, head_); }
  /// Bytes of a block of the map.
  std::uint64_t block() const { return use_.map->block(); }
  /// Bytes of a destination that were read back to be compared.
  std::uint64_t compared(std::size_t destination) const { return updaters_[destination]->compared(); }

 private:
  void doubt(std::size_t destination);
  /// A block that the map knows, and that is to be read back.
  void update(std::size_t destination, const std::shared_ptr<const Block>& block);
  /// The same of zeros.
  void note_zeros(std::size_t destination, std::uint64_t begin, std::uint64_t end);
  bool stale(std::size_t destination, std::uint64_t offset, std::uint64_t length) const;

  const MapUse& use_;
  std::vector<std::unique_ptr<Destination>>& destinations_;
  const std::uint64_t head_;
  std::vector<Token> epochs_;
  std::vector<std::unique_ptr<Updater>> updaters_;
  std::vector<std::unique_ptr<SilentChanges>> silent_;  ///< null for one whose head is unknown
};

}  // namespace san
