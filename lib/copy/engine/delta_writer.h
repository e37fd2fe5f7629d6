// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "copy/buffered_reads.h"
#include "copy/engine/destination.h"
#include "copy/engine/map_use.h"
#include "copy/engine/silent_changes.h"
#include "copy/map/clone_map.h"

namespace san::copy {

/// Writes to a destination what a clone map does not know to be there: unknown blocks are written; known ones
/// with the same content are skipped; changed or stale ones are read back, and written as far as they differ.
/// Before it overwrites a block that the map knows, it makes that unknown in the map; before it overwrites
/// the first one, it hides the boot region. Compares in a thread of its own. write(), idle(), forget() and
/// compared() are thread-safe; the rest belongs to one thread.
class DeltaWriter {
 public:
  /// Attaches a journal to the destination, makes stale ranges unknown in the map, which the caller commits,
  /// and starts the thread. `index` is the number of the destination in the map's subject, `head` the bytes
  /// of the boot region. All arguments must outlive it; `signal` is told of all that ends.
  DeltaWriter(Destination& destination, const MapUse& use, std::size_t index, std::uint64_t head,
              ChangeSignal& signal);
  /// Stops at once, and waits only for reads in flight.
  ~DeltaWriter();
  DeltaWriter(const DeltaWriter&) = delete;
  DeltaWriter& operator=(const DeltaWriter&) = delete;

  /// Returns what the map knows of the block at `offset`. In ascending order, as far as possible.
  map_format::Slot look_up(std::uint64_t offset) { return map_.at(index_, offset / map_.block()); }
  /// Writes, skips or compares a block of which the map knows `known`. Does not wait.
  void write(const std::shared_ptr<const Block>& block, const map_format::Slot& known);
  /// Writes, skips or compares a run of zeros, on the thread of look_up(). `check` is called while it waits;
  /// an exception that it throws ends the wait.
  void zero(const Range& range, const std::shared_ptr<const ProgressTicket>& share,
            const std::function<void()>& check);
  /// Brings the boot region up to date, at the end, when nothing is in flight: left alone if it was known and
  /// is equal, or else removed and written as a whole. Blocks the caller. Throws what the device throws,
  /// Error(refused) as BootRegionGuard::leave() does, and Error(interrupted).
  void write_boot_region(const std::vector<std::shared_ptr<Block>>& blocks);

  /// Returns true if nothing is being compared. Writes that resulted may still be in flight.
  bool idle() const { return comparisons_.count() == 0; }
  /// Makes a range unknown, because the destination does not hold the right data. Committed on return. Throws
  /// Error(failed).
  void forget(const Range& range);
  /// Makes the boot region unknown, because it is about to be removed.
  void forget_boot_region() { forget({0, head_}); }
  /// Enters into the map all that was written, after a flush while nothing was in flight. Throws
  /// Error(failed).
  void all_flushed();

  /// Returns the epoch that begins with this run, for a destination whose boot region is unknown.
  const Token& epoch() const { return epoch_; }
  /// Returns true if the map, as opened, does not know the whole boot region: the clone on it was never
  /// complete.
  bool boot_region_unknown() const { return silent_ == nullptr; }
  /// Returns the bytes of a block of the map.
  std::uint64_t block() const { return map_.block(); }
  /// Returns the bytes of the destination that were read back to be compared.
  std::uint64_t compared() const { return compared_; }

 private:
  using Ticket = std::shared_ptr<InFlight::Ticket>;
  /// Range to be compared.
  struct Item {
    Ticket ticket = nullptr;  ///< first, so that it ends last: progress has been counted by then
    Range range = {};
    std::shared_ptr<const Block> block = nullptr;  ///< null for zeros
    std::shared_ptr<const ProgressTicket> share = nullptr;
  };
  /// Range that differs.
  struct Change {
    Item item;
    std::vector<Run> runs;  ///< the differing parts of the item
  };
  /// Returns true if the range touches a stale one.
  bool stale(const Range& range) const;
  /// Has a range of which the map knows something else compared.
  void compare(Item item);
  void run();
  /// Reads a block back, or cuts a range of zeros into windows.
  void look(const Item& item);
  void look_at_zeros(const Item& item);
  void read_back(const Item& item);
  /// Compares, and queues a change if there is a difference. Called on the device's threads.
  void judge(const Item& item, std::span<const std::byte> found);
  /// Makes the ranges unknown in the map, begins an epoch, and writes them.
  void carry_out(std::vector<Change> changes);
  std::vector<Change> take_changes();
  /// Commits the blocks that were made unknown, together with the token of a new epoch, and marks the hidden
  /// boot region with it. Hides the boot region first, and makes it unknown, if that has not been done.
  void begin_epoch();
  /// Returns true if the boot region on the destination equals `blocks`.
  bool boot_region_is(const std::vector<std::shared_ptr<Block>>& blocks);
  bool stopped() const { return quit_ || destination_.failed(); }

  Destination& destination_;
  CloneMap& map_;
  const std::size_t index_;
  const std::uint64_t head_;
  RangeSet stale_;
  Token epoch_;
  std::unique_ptr<SilentChanges> silent_;  ///< null if the boot region is unknown
  InFlight comparisons_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::vector<Change> changes_;
  std::atomic<bool> quit_{false};
  std::atomic<std::uint64_t> compared_{0};
  BufferedReads reads_;
  std::thread thread_;
};

}  // namespace san::copy
