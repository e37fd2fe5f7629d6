// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "copy/copy_options.h"
#include "copy/copy_result.h"
#include "copy/engine/block.h"
#include "copy/engine/boot_region.h"
#include "copy/engine/dirty_ranges.h"
#include "copy/engine/map_journal.h"
#include "copy/engine/verifier.h"
#include "copy/in_flight.h"

namespace san::copy {

/// Writes blocks and runs of zeros to a device, asynchronously, and tells those who keep account of it what
/// has been written, flushed, lost and verified: the verifier, the journal of the clone map, and the list of
/// dirty ranges. The first error ends it: later blocks are released at once. Thread-safe; but use_journal(),
/// flush(), write_boot_region() and clear_boot_region() only while nothing is in flight. Its lock is released
/// before the journal, the verifier or the device is called.
class Destination {
 public:
  /// Prepares for a copy with `options`. `device` and `signal`, which is told of all that ends and may be
  /// null, must outlive it.
  Destination(Device& device, const CopyOptions& options, ChangeSignal* signal = nullptr);
  /// Waits until nothing is in flight.
  ~Destination();
  Destination(const Destination&) = delete;
  Destination& operator=(const Destination&) = delete;

  /// Writes data with the zeros in it. The block is held until all of it is on the device.
  void write(const std::shared_ptr<const Block>& block);
  /// Writes only `runs` of the block, in order: the destination has the rest already.
  void write(const std::shared_ptr<const Block>& block, const std::vector<Run>& runs);
  /// Makes a run of zeros by the zero policy. `share` is held until it is done.
  void zero(std::uint64_t offset, std::uint64_t length, std::shared_ptr<const ProgressTicket> share);

  /// Counts a range as skipped: by the clone map the destination holds it already, as data with `hash` or as
  /// zeros. Full verification reads it back.
  void skip(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash);
  /// Counts a range as skipped after it has been read back and found right, and enters it into the map.
  void confirm(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash);

  /// Attaches the map journal, in which writes are recorded. Must be called before the first write.
  void use_journal(std::unique_ptr<MapJournal> journal) { journal_ = std::move(journal); }
  /// Returns the journal; null without a clone map.
  MapJournal* journal() { return journal_.get(); }
  /// Begins a flush if the journal has waited long enough for one. Does not wait.
  void checkpoint();
  /// Makes zeros of a range without verification and without an entry in the map: zero() was called for it
  /// before, or it lies behind the end of the source.
  void zero_again(std::uint64_t offset, std::uint64_t length,
                  std::shared_ptr<const ProgressTicket> share = nullptr);

  /// Waits, at most `timeout`, until it can take more runs of zeros and verification is not too far behind;
  /// false if it cannot yet. Fails the destination if a verifying read has failed.
  bool wait_for_capacity(std::chrono::milliseconds timeout);
  /// Waits, at most `timeout`, until nothing is in flight; false if something still is.
  bool wait_until_idle(std::chrono::milliseconds timeout) { return writes_.wait(timeout); }
  /// Returns true if nothing is in flight.
  bool idle() const { return writes_.count() == 0; }

  /// Hides the first `length` bytes of the device for as long as the clone is not complete, so that it
  /// neither looks bootable nor can be mounted, and keeps other runs away: BootRegionGuard::enter(). Blocks
  /// the caller.
  void hide_boot_region(std::uint64_t length, const Token& epoch, bool marked = true);
  /// Returns true after hide_boot_region(), until write_boot_region().
  bool boot_region_hidden() const { return guard_.entered(); }
  /// Marks the hidden boot region anew, because known blocks are about to be overwritten. Blocks the caller.
  void renew_mark(const Token& epoch) { guard_.renew(epoch); }
  /// Writes the boot region, which consists of these blocks, after a check that no other run writes here.
  /// Throws as BootRegionGuard::leave() does.
  void write_boot_region(const std::vector<std::shared_ptr<Block>>& blocks);
  /// Fills the front of the device with zeros and flushes it, because the clone is damaged. Blocks the
  /// caller.
  void clear_boot_region(std::uint64_t length);

  /// Begins a flush; wait_until_idle() waits for it. Nothing else may be in flight.
  void flush();
  /// Enters into the map all that was written before the flush(), which has succeeded.
  void all_flushed();
  /// Returns and clears the ranges that were written and acknowledged, but may have been lost before they
  /// were flushed (Device::cache_loss_generation()). Valid after flush().
  RangeSet take_stale() { return dirty_.take_stale(); }
  /// Writes bytes that were lost, and waits for it. Whole blocks of the map, if there is one. Throws
  /// Error(interrupted).
  void write_again(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Writes zeros instead of unmapping from now on.
  void stop_unmapping() { unmap_works_ = false; }
  /// Returns and clears the unmapped ranges that were only spot-checked at both ends, once the device has
  /// failed such a check: the bytes between the ends have to be written. Empty while it has failed none.
  std::vector<Range> take_unread_zeros();
  /// Ends it with `error`, unless it has ended with another one.
  void fail(const Error& error) { writes_.fail(error); }
  /// Ends it likewise, and has the device end its requests.
  void cancel(const Error& error) { writes_.cancel(device_, error); }

  /// Returns the error that ended it.
  std::optional<Error> error() const { return writes_.error(); }
  bool failed() const { return writes_.failed(); }
  DestinationBytes bytes() const;
  Device& device() const { return device_; }
  /// Returns the verifier; null without verification.
  Verifier* verifier() { return verifier_.get(); }
  const Verifier* verifier() const { return verifier_.get(); }

 private:
  struct Work;  // shared by the operations that one block or run consists of
  /// Begins a block, or a run of zeros where `block` is null; end_part() ends it.
  std::shared_ptr<Work> begin_work(const Range& range, std::shared_ptr<const Block> block,
                                   std::shared_ptr<const ProgressTicket> share);
  /// Ends one operation of the work. The last one completes it: on_written(), and what it holds is released.
  void end_part(const std::shared_ptr<Work>& work);
  /// All of a block or run has been acknowledged by the device.
  void on_written(const Work& work);
  /// A flush that began when nothing was in flight, or at a checkpoint, has succeeded.
  void on_flushed();
  /// Has the written range verified, if the options say so.
  void expect(const Work& work);
  void write_run(std::uint64_t offset, std::span<const std::byte> data, const std::shared_ptr<Work>& work);
  void zero_run(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  void write_zeros(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  void unmap_run(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  /// Reads both ends of an unmapped run, and writes zeros if they are none.
  void prove(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  /// Makes the map forget everything, and fails if it had been relied upon.
  void revoke_unmap_trust();
  void flush_device(UniqueFunction<void(bool success)> done);
  /// Marks the hidden boot region with the state that the map is about to record, and then flushes the
  /// device.
  void mark_and_flush(UniqueFunction<void(bool success, const std::optional<Epoch>& epoch)> done);
  /// Remembers a run that passed the check at both ends.
  void record_unmapped(std::uint64_t offset, std::uint64_t length);

  Device& device_;
  const CopyOptions options_;
  const Limits limits_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<MapJournal> journal_;
  DirtyRanges dirty_;
  InFlight writes_;  ///< blocks, runs of zeros and flushes; and the error that ended it
  InFlight zeros_;   ///< the runs of zeros among them
  mutable std::mutex mutex_;
  std::vector<Range> spot_checked_;      ///< unmapped, and zeros at both ends, in the order of completion
  bool spot_checked_all_ = true;         ///< no range had to be left out of spot_checked_
  bool unmap_failed_ = false;            ///< unmapped blocks were not zeros
  std::optional<Expectation> left_out_;  ///< the highest block outside of the sample
  std::atomic<bool> unmap_works_;
  std::atomic<std::uint64_t> written_{0}, unmapped_{0}, skipped_{0};
  std::optional<Epoch> flushed_epoch_;  ///< of the last flush(); guarded by mutex_
  BootRegionGuard guard_;               ///< last member: its thread may call fail()
};

}  // namespace san::copy
