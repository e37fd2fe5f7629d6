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

namespace san {

/// Brings blocks of a destination up to date that it holds already, as far as the clone map goes: reads them
/// back, compares, and writes what differs. Before it overwrites a block that the map knows, the map is told,
/// and before it overwrites the first one, what makes the disk bootable is removed. In a thread of its own.
class Updater {
 public:
  /// `index`: number of the destination in the map's subject; `head`: bytes at the front that are written
  /// last.
  Updater(Destination& destination, CloneMap& map, std::size_t index, std::uint64_t head);
  /// Stops at once, waiting only for reads under way.
  ~Updater();
  Updater(const Updater&) = delete;
  Updater& operator=(const Updater&) = delete;

  /// The range of the block is to hold its bytes. Does not wait.
  void add(std::shared_ptr<const Block> block);
  /// The range, whole blocks of the map, is to be zeros. Does not wait.
  void add_zeros(std::uint64_t offset, std::uint64_t length, std::shared_ptr<const ProgressTicket> share);
  /// The first blocks of the disk, after all else is done and nothing is under way: left alone where they are
  /// there, or else removed and written as a whole. Throws Error(interrupted).
  void update_boot_region(const std::vector<std::shared_ptr<Block>>& blocks);
  /// Waits until everything added is on its way, at most `patience`. False: not yet.
  bool wait_until_idle(std::chrono::milliseconds timeout);
  /// Bytes read back.
  std::uint64_t compared() const { return compared_; }

 private:
  struct Item {
    std::uint64_t offset = 0, length = 0;
    std::shared_ptr<const Block> block;  ///< null: zeros
    std::shared_ptr<const ProgressTicket> share;
  };
  struct Change {
    Item item;
    std::vector<Run> runs;  ///< of the item, where it differs
  };
  void run();
  void look(const Item& item);
  void look_at_zeros(const Item& item);
  void read_back(const Item& item);
  void judge(const Item& item, std::span<const std::byte> found);
  void carry_out(std::vector<Change> changes);
  /// Something that the map knew is about to be overwritten, and is unknown in it: commits that, together
  /// with the token of a new epoch, and marks the hidden head with this. Hides the head first, and makes it
  /// unknown, where that has not been done.
  void begin_epoch();
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
  unsigned active_ = 0;  ///< reads under way, plus what the thread is busy with
  bool quit_ = false;
  std::atomic<std::uint64_t> compared_{0};
  std::thread thread_;
};

}  // namespace san
