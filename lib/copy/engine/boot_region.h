// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "block/device.h"
#include "copy/map/clone_mark.h"
#include "core/range.h"

namespace san::copy {

/// Content of the front of a destination.
struct BootRegionContent {
  std::vector<CloneMark> marks;  ///< the marks of this run and of others
  bool hidden = false;           ///< true if there are marks, and only zeros besides
};

/// Reads the first `head` bytes of `device`. Throws what a read throws.
BootRegionContent read_boot_region_content(ReadableDevice& device, std::uint64_t head);

/// Identity and times of a guard. Tests set the identity of other processes, and shorter times.
struct GuardOptions {
  WriterProcess writer = this_process();
  std::chrono::milliseconds beat{1000};  ///< between two changes of the mark
  std::chrono::milliseconds dead{5000};  ///< a mark that has not changed for this long belongs to a dead run
};

/// Hides the boot region of a destination for as long as a clone is written, and makes sure that two runs
/// never both complete a clone on one destination.
///
/// Each run has a block of its own in the hidden boot region, which holds its mark. It writes the mark, and
/// then looks for others: of two runs at least the one that wrote later sees the other (the first half of
/// Lamport's bakery algorithm), and a run that sees a living one gives up. Later it looks again every second,
/// and before it writes the boot region: this detects blocks that two runs happen to share, and runs that
/// were stopped for so long that they were assumed dead.
///
/// A run is dead if its process is gone, which is known only of processes of this machine, or if its mark has
/// not changed for some seconds.
///
/// entered() may be called from any thread at any time, renew() and advance() from any thread between enter()
/// and leave(); these two block, and must not be called at the same time.
class BootRegionGuard {
 public:
  /// Draws the token of this run, and touches nothing. `device` is the underlying device, without filters,
  /// and must outlive this. `lost` is called from a thread of the guard, at most once, if another run has
  /// appeared, or if the boot region cannot be read or written any more.
  BootRegionGuard(Device& device, std::function<void(const Error&)> lost, const GuardOptions& options = {});
  /// Stops the thread, and waits for a write of the mark under way. The mark stays on the device, and counts
  /// as a dead run's. No caller may still wait for renew() or advance().
  ~BootRegionGuard();
  BootRegionGuard(const BootRegionGuard&) = delete;
  BootRegionGuard& operator=(const BootRegionGuard&) = delete;

  /// Hides the first `head` bytes, or all of a smaller device, with this run's mark in them. `marked` is
  /// false for a destination that no other process can write, and that no map will ask for a mark. Blocks the
  /// caller; if there is the mark of a run on another machine, for as long as a living run would need to
  /// change it. Throws Error(refused) that names the run which writes there, before anything has been
  /// changed; Error(interrupted); what the device throws.
  void enter(std::uint64_t head, const Token& epoch, bool marked = true);
  /// Returns true if the boot region is hidden, with the mark in it unless it was entered without one.
  bool entered() const;

  /// Begins another epoch: its mark is on the device, though not flushed, on return. Throws what the device
  /// throws.
  void renew(const Token& epoch);
  /// Receives the end of advance(): its error, null for success, and the epoch with the new counter.
  using Advanced = UniqueFunction<void(const Error* error, const Epoch& epoch)>;
  /// Increments the counter, and calls `done` when a mark with it is on the device, though not flushed. Does
  /// not wait.
  void advance(Advanced done);

  /// Ends the guard, because the boot region is about to be written. Returns the range of the mark, which has
  /// to be overwritten by a write: it must not survive where zeros are unmapped or left out. Throws
  /// Error(refused) if another run's mark is there, what the device throws, and Error(interrupted).
  Range leave();

 private:
  /// Completion that waits for a version of the mark.
  struct Waiting {
    std::uint64_t version;
    Completion done;
  };

  std::uint64_t slot_offset() const { return slot_ * block_; }
  /// Writes the mark into its block; false if another run has done the same at the same time, and this one
  /// gave way. A device that does not keep what is written (one for measurements) is left without.
  bool claim(std::span<const std::byte> front, const std::vector<CloneMark>& dead);
  bool is_mine(const CloneMark& mark) const { return mark.run == mark_.run; }
  /// Throws Error(refused) if one of `marks` is a living run's. Waits `dead` for those of other machines.
  void refuse_living(const std::vector<CloneMark>& marks);
  /// Throws Error(refused) if another run's mark is there. Restores this run's if it is missing.
  void check_alone();
  /// Throws as check_alone() does, and returns true if this run's mark is there.
  bool look_for_others();
  /// Fills `front` with zeros except for the mark, and flushes if that changed anything.
  void hide(std::span<const std::byte> front);
  /// Restores the content of the mark's block; zeros instead of a dead run's mark.
  void put_back(std::span<const std::byte> bytes);
  /// Calls `done` when the mark, in its present state, is on the device.
  void publish(Completion done);
  /// Writes the mark, and waits for that. Throws what the device throws.
  void publish_wait();
  void write_now();
  /// Changes the mark every beat, and looks for others, until the guard ends. Runs in thread_.
  void watch();
  /// Writes the mark once more for the other run, which assumed this one dead: its clone is damaged, too.
  void warn_other();
  void stop_watching();
  Error conflict(const CloneMark& other) const;

  Device& device_;
  const std::uint64_t block_;
  const std::function<void(const Error&)> lost_;
  const GuardOptions options_;
  std::uint64_t head_ = 0;
  /// Number of the block with the mark; 0 if there is none, for lack of space or of need.
  std::uint64_t slot_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  CloneMark mark_;
  std::uint64_t version_ = 0;  ///< of the mark that is wanted on the device
  std::vector<std::byte> buffer_;
  bool writing_ = false, entered_ = false, quit_ = false;
  std::vector<Waiting> waiting_;
  std::thread thread_;
};

}  // namespace san::copy
