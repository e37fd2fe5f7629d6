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
#include "filesystem/volume/free_space.h"

namespace san {

/// Describes the front of a destination.
struct BootRegionContent {
  std::vector<CloneMark> marks;  ///< of this run and of others
  bool hidden = false;           ///< there are marks, and nothing else but zeros
};

/// Reads the first `head` bytes of `device`. Throws what reading throws.
BootRegionContent read_boot_region_content(Device& device, std::uint64_t head);

/// Who guards a head, and how long things take; tests are other processes, and in more of a hurry.
struct GuardOptions {
  WriterProcess writer = this_process();
  std::chrono::milliseconds beat{1000};  ///< between two changes of the mark
  std::chrono::milliseconds dead{5000};  ///< a mark that has not changed for so long is nobody's
};

/// Hides the head of a destination for as long as a clone is written, and sees to it that two runs never
/// take theirs for good at the same destination.
///
/// Each run has a block of its own in the hidden head, in which its mark stands. It writes the mark, and then
/// looks for others: of two runs at least the one that wrote later sees the other (the first half of
/// Lamport's bakery algorithm), and whoever sees one that lives gives up. Later it looks again every second,
/// and before it writes the head: blocks that two runs happen to share, and runs that were stopped so long
/// that they were taken for dead, show then.
///
/// A run is dead where its process is gone, which this machine knows of its own processes, or where its mark
/// has not changed for some seconds.
class BootRegionGuard {
 public:
  /// `device` is the bare device, which outlives this. `lost` is called, from a thread of its own and at most
  /// once, when another run has shown up, or the head cannot be read or written any more.
  BootRegionGuard(Device& device, std::function<void(const Error&)> lost, const GuardOptions& options = {});
  /// The mark stays on the device, and counts as a dead run's. Nothing that is about to be published may be
  /// waited for any more.
  ~BootRegionGuard();
  BootRegionGuard(const BootRegionGuard&) = delete;
  BootRegionGuard& operator=(const BootRegionGuard&) = delete;

  /// Hides the first `head` bytes, or all of a smaller device, with this run's mark in them, or without:
  /// where nobody else can write anyway, and no map will ask for it. Waits; where there is the mark of a run
  /// on another machine, so long that it would have changed. Throws Error(refused) that names the run which
  /// writes there, when nothing has been changed; Error(interrupted); what the device throws.
  void enter(std::uint64_t head, const Token& epoch, bool marked = true);
  /// Tells whether the head is hidden, with the mark in it.
  bool entered() const;

  /// Another epoch begins; its mark is on the device, though not flushed, when this returns. Throws what the
  /// device throws.
  void renew(const Token& epoch);
  /// Receives the end of advance(): its error, null for success, and the epoch with the new counter.
  using Advanced = std::function<void(const Error* error, const Epoch& epoch)>;
  /// Counts one up, and calls `done` when a mark with that is on the device, though not flushed.
  void advance(Advanced done);

  /// The head is about to be written: nothing is done to it from now on. Returns where the mark is, which has
  /// to be overwritten by a write: it must not survive where zeros are unmapped, or left out. Throws
  /// Error(refused) where another run's mark is there, what the device throws, and Error(interrupted).
  ByteRange leave();

 private:
  struct Waiting {
    std::uint64_t version;
    Completion done;
  };

  std::uint64_t slot_offset() const { return slot_ * block_; }
  /// Puts the mark there; false where another run has done so at the same time, and this one gave way. A
  /// device that forgets what is written (one for measurements) is left without.
  bool claim(std::span<const std::byte> front, const std::vector<CloneMark>& dead);
  bool is_mine(const CloneMark& mark) const { return mark.run == mark_.run; }
  void refuse_living(const std::vector<CloneMark>& marks);
  /// Throws Error(refused) where another run's mark is there. Puts this run's back where it is missing.
  void check_alone();
  /// Throws as check_alone() does, and returns whether this run's mark is there.
  bool look_for_others();
  void hide(std::span<const std::byte> front);
  void put_back(std::span<const std::byte> bytes);
  /// Calls `done` when the mark, as it is now, is on the device.
  void publish(Completion done);
  void publish_wait();
  void write_now();
  void watch();
  /// Marks the head once more for the other run, which took this one for dead: its clone is no good, either.
  void warn_other();
  void stop_watching();
  Error conflict(const CloneMark& other) const;

  Device& device_;
  const std::uint64_t block_;
  const std::function<void(const Error&)> lost_;
  const GuardOptions options_;
  std::uint64_t head_ = 0;
  std::uint64_t slot_ = 0;  ///< number of the block with the mark; 0 where the head is too small for one
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  CloneMark mark_;
  std::uint64_t version_ = 0;  ///< of the mark, as it is to be
  std::vector<std::byte> buffer_;
  bool writing_ = false, entered_ = false, quit_ = false;
  std::vector<Waiting> waiting_;
  std::thread thread_;
};

}  // namespace san
