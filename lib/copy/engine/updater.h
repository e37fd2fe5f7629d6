// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "copy/buffer_pool.h"
#include "copy/engine/destination.h"
#include "copy/map/clone_map.h"

namespace san::copy {

/// Delta worker of one destination: reads known blocks back, compares, and rewrites what differs. Before it
/// overwrites a block that the map knows, it makes that unknown in the map; before it overwrites the first
/// one, it hides the boot region. Works in a thread of its own. Thread-safe, update_boot_region() excepted.
class Updater {
 public:
  /// Starts the thread. `destination` and `map` must outlive it; `index` is the number of the destination in
  /// the map's subject, `head` the bytes of the boot region.
  Updater(Destination& destination, CloneMap& map, std::size_t index, std::uint64_t head);
  /// Stops at once, and waits only for reads in flight.
  ~Updater();
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;

  /// Queues a block whose range is to hold its bytes. Does not wait.
  void add(std::shared_ptr<const Block> block);
  /// Queues a range, whole blocks of the map, that is to be zeros. Does not wait.
  void add_zeros(std::uint64_t offset, std::uint64_t length, std::shared_ptr<const ProgressTicket> share);
  /// Brings the boot region up to date, when all else is done and nothing is in flight: left alone if it is
  /// equal, or else removed and written as a whole. Blocks the caller. Throws Error(interrupted); other
  /// errors end the destination.
  void update_boot_region(const std::vector<std::shared_ptr<Block>>& blocks);
  /// Waits, at most `timeout`, until the queue is empty and nothing is being compared; false if not yet.
  /// Writes that resulted may still be in flight in the destination.
  bool wait_until_idle(std::chrono::milliseconds timeout);
  /// Returns the bytes read back.
  std::uint64_t compared() const { return compared_; }

 private:
  /// Range to be compared.
  struct Item {
    std::uint64_t offset = 0, length = 0;
    std::shared_ptr<const Block> block;  ///< null for zeros
    std::shared_ptr<const ProgressTicket> share;
  };
  /// Range that differs.
  struct Change {
    Item item;
    std::vector<Run> runs;  ///< the differing parts of the item
  };
  void run();
  /// Reads a block back, or cuts a range of zeros into windows.
  void look(const Item& item);
  void look_at_zeros(const Item& item);
  void read_back(const Item& item);
  /// Compares, and queues a change if there is a difference. Called on the device's threads.
  void judge(const Item& item, std::span<const std::byte> found);
  /// Makes the ranges unknown in the map, begins an epoch, and writes them.
  void carry_out(std::vector<Change> changes);
  /// Commits the blocks that were made unknown, together with the token of a new epoch, and marks the hidden
  /// boot region with it. Hides the boot region first, and makes it unknown, if that has not been done.
  void begin_epoch();
  /// Returns true if the boot region on the destination equals `blocks`.
  bool head_is(const std::vector<std::shared_ptr<Block>>& blocks);
  bool stopped() const;

  Destination& destination_;
  CloneMap& map_;
  const std::size_t index_;
  const std::uint64_t head_;
  BufferPool pool_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::vector<Change> changes_;
  unsigned active_ = 0;  ///< reads in flight, plus the item that the thread works on
  bool quit_ = false;
  std::atomic<std::uint64_t> compared_{0};
  std::thread thread_;
};

}  // namespace san::copy
