// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "copy/copy_options.h"
#include "copy/engine/block.h"
#include "copy/engine/boot_region.h"
#include "copy/engine/dirty_ranges.h"
#include "copy/engine/map_journal.h"
#include "copy/engine/verifier.h"

namespace san {

/// What went to one destination, in bytes.
struct DestinationBytes {
  std::uint64_t written = 0;    ///< sent: data, and zeros where they had to be written
  std::uint64_t unmapped = 0;   ///< zeros by deallocation
  std::uint64_t skipped = 0;    ///< left as they were
  std::uint64_t offloaded = 0;  ///< copied by the target itself
};

/// Takes blocks and runs of zeros and puts them onto a device, asynchronously. The first error ends it: what
/// comes later is let go at once. Thread-safe.
class Destination {
 public:
  Destination(Device& device, const CopyOptions& options);
  ~Destination();
  Destination(const Destination&) = delete;
  Destination& operator=(const Destination&) = delete;

  /// Data with whatever zeros are in it. The block is held until all of it is on the device.
  void write(const std::shared_ptr<const Block>& block);
  /// Only `runs` of it, in order: the destination has the rest already.
  void write(const std::shared_ptr<const Block>& block, const std::vector<Run>& runs);
  /// A run of zeros. `share` is held until it is done.
  void zero(std::uint64_t offset, std::uint64_t length, std::shared_ptr<const ProgressTicket> share);

  /// By the clone map the destination holds this already: bytes with `hash`, or zeros.
  void skip(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash);
  /// The same, and it has been read back.
  void confirm(std::uint64_t offset, std::uint64_t length, const std::optional<Hash128>& hash);

  /// From now on what is written is entered there. Before the first write.
  void use_journal(std::unique_ptr<MapJournal> journal) { journal_ = std::move(journal); }
  /// Null without a clone map.
  MapJournal* journal() { return journal_.get(); }
  /// Begins a flush where the ledger has waited long enough for one.
  void checkpoint();
  /// The same for a range that zero() was called for already, so that the verifier knows of it, or that is
  /// not of the source and of the map.
  void zero_again(std::uint64_t offset, std::uint64_t length,
                  std::shared_ptr<const ProgressTicket> share = nullptr);

  /// Waits until more zeros may be asked for, at most `patience`. False: not yet.
  bool wait_for_capacity(std::chrono::milliseconds timeout);
  /// Waits until nothing is under way, at most `patience`. False: there still is.
  bool wait_until_idle(std::chrono::milliseconds timeout);

  /// Hides what is at the front of the device for as long as the clone is not complete, so that it neither
  /// looks bootable nor can be mounted, and keeps other runs away: BootRegionGuard::enter().
  void hide_boot_region(std::uint64_t length, const Token& epoch, bool marked = true);
  /// Tells whether that was done, and write_boot_region() was not called since.
  bool boot_region_hidden() const { return guard_.entered(); }
  /// Marks the hidden head anew: what the map knew is about to be overwritten.
  void renew_mark(const Token& epoch) { guard_.renew(epoch); }
  /// Writes the head, which consists of these blocks, having made sure that nobody else has begun to write
  /// here. Throws as BootRegionGuard::leave() does.
  void write_boot_region(const std::vector<std::shared_ptr<Block>>& blocks);
  /// Fills the front of the device with zeros after all, and waits for it: what is there is no good.
  void clear_boot_region(std::uint64_t length);

  /// Nothing else may be under way.
  void flush();
  /// That flush has succeeded: what was written is known to the map.
  void all_flushed();
  /// What had been written and acknowledged, but not flushed when the device lost it, perhaps
  /// (Device::losses()). To be asked after flush(); the ranges are forgotten by this call.
  Ranges take_stale() { return dirty_.take_stale(); }
  /// Writes bytes that were lost, and waits for it. Whole blocks of the map, if there is one.
  void write_again(std::uint64_t offset, std::span<const std::byte> bytes);
  /// From now on zeros are written.
  void stop_unmapping() { unmap_works_ = false; }
  /// Ranges that were unmapped and believed to be zeros by their ends, before another one proved the device a
  /// liar: what lies between the ends has to be written after all. They are forgotten by this call.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> take_unread_zeros();
  /// Ends it with `error`, if it has none yet.
  void fail(const Error& error);

  std::optional<Error> error() const;
  bool failed() const { return failed_; }
  DestinationBytes bytes() const;
  Device& device() { return device_; }
  /// Null without verification.
  Verifier* verifier() { return verifier_.get(); }

 private:
  struct Work;  // shared by the operations that one block or run consists of
  /// A sample is taken of the last block, and which one that is shows at the end.
  void leave_out(const Expectation& expectation);
  void begin();
  void finish();
  void write_run(std::uint64_t offset, std::span<const std::byte> data, const std::shared_ptr<Work>& work);
  void zero_run(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  void write_zeros(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  void unmap_run(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  void prove(std::uint64_t offset, std::uint64_t length, const std::shared_ptr<Work>& work);
  void revoke_unmap_trust();
  void flush_device(std::function<void(bool success)> done);
  /// Marks the hidden head, so that it shows what the map is about to know, and then flushes the device.
  void mark_and_flush(std::function<void(bool success, const std::optional<Epoch>& epoch)> done);
  void record_unmapped(std::uint64_t offset, std::uint64_t length);

  Device& device_;
  const CopyOptions options_;
  const Limits limits_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<MapJournal> journal_;
  DirtyRanges dirty_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  unsigned active_ = 0;        ///< operations under way
  unsigned zeros_active_ = 0;  ///< runs of zeros under way
  std::optional<Error> error_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spot_checked_;  ///< unmapped, and zeros at both ends
  bool spot_checked_all_ = true;         ///< no range had to be left out of spot_checked_
  bool unmap_failed_ = false;            ///< unmapped blocks were not zeros
  std::optional<Expectation> left_out_;  ///< the last block of which no sample was taken
  std::atomic<bool> failed_{false};
  std::atomic<bool> unmap_works_;
  std::atomic<std::uint64_t> written_{0}, unmapped_{0}, skipped_{0};
  std::optional<Epoch> flushed_epoch_;  ///< of the last flush(); guarded by mutex_
  BootRegionGuard guard_;               ///< last: its thread may call fail()
};

}  // namespace san
