// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "block/device.h"
#include "copy/buffer_pool.h"
#include "copy/copy_options.h"
#include "copy/engine/block.h"
#include "copy/engine/destination.h"
#include "copy/engine/map_router.h"
#include "copy/engine/ordered_hash.h"
#include "copy/engine/write_queue.h"
#include "copy/plan.h"
#include "copy/stream/input_stream.h"
#include "copy/throttle.h"
#include "core/process/progress.h"
#include "core/range.h"

namespace san::copy {

/// Result for one destination.
struct DestinationResult {
  std::string name;
  /// Empty if it did not fail; without mismatches, the clone on it is then complete and flushed.
  std::optional<Error> error;
  DestinationBytes bytes;
  std::uint64_t verified = 0;     ///< bytes read back and found right
  std::uint64_t compared = 0;     ///< bytes read back because of the clone map
  std::vector<Range> rewritten;   ///< found wrong and corrected, in the order in which they were found
  std::vector<Range> mismatches;  ///< still wrong, likewise
};

/// Result of a copy. Bytes, and seconds of wall-clock time.
struct CopyResult {
  std::uint64_t total = 0;  ///< of the source
  std::uint64_t data = 0;   ///< read, in units of kGranule with at least one byte that is not zero
  std::uint64_t zero = 0;   ///< holes, and units of kGranule that are all zeros
  Hash128 hash;             ///< of the whole source as read
  bool hashed = true;       ///< false if the target copied most of it, so that `hash` means nothing
  bool unsteady = false;    ///< the source returned other data when it was read a second time
  struct {
    double total = 0, copy = 0, flush = 0, verify = 0;
  } seconds;
  std::vector<DestinationResult> destinations;
};

/// Returns the bytes of the blocks that a copy uses: those of the options, or fewer if a device cannot read
/// that much at once; a multiple of kGranule if the options have one. `source` is null for a stream.
std::uint64_t copy_block(const CopyOptions& options, const ReadableDevice* source,
                         const std::vector<Device*>& destinations);

/// Copies a source onto destinations: extents, reads, zero detection, writes, flush, verification, and the
/// boot region last. clone_objections() is not repeated here: the destinations must be large enough,
/// writable, and have blocks that fit.
///
/// Threads: one thread constructs it, calls run() once, and destroys it. That must not be a thread on which
/// one of the devices completes requests, because run() waits for these. The callbacks of the options are
/// called on this thread, and Progress belongs to it for as long as run() lasts. Several Copiers may run at
/// once, on threads and devices of their own: a run that fails cancels its devices. Blocks are hashed and
/// sent on by the devices' threads; each Verifier and each Updater has one of its own. Only a signal ends a
/// run from outside (Interrupt).
///
/// Owners: Copier owns the buffer pool, a WriteQueue and a Destination for each device, and with a clone map
/// the MapRouter, which owns an Updater for each destination. A Destination owns its Verifier, MapJournal,
/// DirtyRanges and BootRegionGuard. Devices, stream, CloneMap and Progress belong to the caller.
///
/// Lock order: Destination, MapJournal, CloneMap; within CloneMap the lock of commit() before that of the
/// records. MapJournal calls CloneMap::add() with its lock held. Destination releases its own before it calls
/// the journal, the verifier, the guard or the device, and must not be called by any of them with a lock
/// held.
class Copier {
 public:
  /// Prepares a copy; nothing is read or written yet, except to the map. There must be at least one
  /// destination. The devices, the stream, `progress` and the map must outlive it. With a map, its blocks are
  /// a power of two and not larger than copy_block(), options.block is the same, and the source is a device.
  /// Throws Error(failed) if the map cannot be written.
  Copier(std::variant<ReadableDevice*, InputStream*> source, const std::vector<Device*>& destinations,
         const CopyOptions& options, Progress& progress, MapUse map = {});
  ~Copier();
  Copier(const Copier&) = delete;
  Copier& operator=(const Copier&) = delete;

  /// Runs to the end, once. A destination that fails is reported in the result, while the others continue.
  /// Throws Error if the source fails, and Error(interrupted) after a signal; nothing is in flight then.
  CopyResult run();

 private:
  using Clock = std::chrono::steady_clock;

  // Phases, in order.
  /// Hides the boot regions before the first write; not that of a complete clone, which is hidden before it
  /// is changed.
  void hide_boot_regions();
  void read_boot_region(ReadableDevice& source);
  /// Keeps a block of the boot region, which is written when everything else is verified.
  void keep_for_last(std::shared_ptr<Block> block);
  void copy_device(ReadableDevice& source);
  void copy_stream(InputStream& source);
  /// Copies a range of the source to the destinations `to`. `first`: it had not been read before.
  void copy_range(ReadableDevice& source, const Range& range, const std::vector<std::size_t>& to, bool first);
  /// Completes the destinations that have all blocks: group_.
  void complete_group();
  /// Returns the destinations with skipped ranges that hold at most a quarter of their share: one that hangs
  /// must not delay the others again. Waits until there is one; empty if no ranges are left.
  std::vector<std::size_t> next_to_catch_up();
  /// Copies the skipped ranges of slow destinations. Returns false if all destinations are complete.
  bool catch_up();
  /// Returns true if any destination still has skipped ranges.
  bool left_out() const;
  /// Signals the end of data to sequential destinations, which received the boot region in its turn.
  void finish();
  void write_boot_region();
  /// Removes the boot region again from destinations that failed or did not verify after it was written.
  void hide_bad_boot_regions();
  /// Flushes all that was written so far, verifies it, and rewrites what is wrong.
  void settle();
  /// Puts zeros behind the end of the source, if the options say so.
  void wipe_rest();
  /// Cuts longer files, before the boot region makes them look like a disk: the old end must not be taken for
  /// a part of it.
  void cut_rest();
  /// Gives files the length of the content, which need not be whole blocks, unless they were longer and keep
  /// their size.
  void trim();
  /// Returns true if this destination is a file to be cut, and the clone on it is good so far.
  bool cuts(std::size_t index) const;
  /// Writes zeros to ranges that were unmapped and only spot-checked, if the device has failed such a check.
  void zero_unread(Destination& destination);
  /// Renames complete and verified files to their final names.
  void commit();
  void flush_all();
  void flush_once();
  /// Rewrites data that destinations may have lost though they had acknowledged it (cache_loss_recovery.cc),
  /// to be flushed again. Returns false if there was none. `round` counts from 0.
  bool recover_cache_loss(unsigned round);
  void verify_all();
  void repair(std::size_t index);
  void rewrite(ReadableDevice& source, Destination& destination, const Expectation& wrong);
  CopyResult result();

  // Steps.
  std::shared_ptr<Block> make_block(std::uint64_t offset, std::uint64_t length);
  std::shared_ptr<Block> read_block(ReadableDevice& source, std::uint64_t offset, std::uint64_t length);
  /// Finds the zeros of the block, and hashes it. `content`: bytes of it that belong to the source; the rest
  /// is padding.
  void look_at(Block& block, std::uint64_t content, bool first);
  /// Returns the destinations among `among` that take the piece now, failed ones excluded; blocks until they
  /// can. A destination without capacity skips the piece if another one has little left to do and
  /// kWaitForSlow is over.
  std::vector<std::size_t> choose(const Piece& piece, const std::vector<std::size_t>& among);
  void send(std::size_t destination, const std::shared_ptr<const Block>& block);
  /// Sends a block of the boot region to sequential destinations, which cannot get it last.
  void send_early(const std::shared_ptr<const Block>& block);
  void send_zeros(const Piece& piece, const std::vector<std::size_t>& to, bool first);
  /// Extends destination files to at least `end` bytes.
  void ensure_size(std::uint64_t end);
  /// Waits for the rate limit.
  void pause(std::uint64_t bytes);
  void source_failed(const Error& error);

  // Waiting. Each looks at check() again and again.
  /// Waits until no read is in flight.
  void wait_for_reads();
  /// Waits until no read is in flight, and group_ has no write in flight.
  void wait_until_idle();
  /// Fails and cancels everything, and waits until nothing is in flight.
  void abort();
  /// Throws the source's error, or Error(interrupted); begins flushes that are due for the map.
  void check();
  bool all_failed() const;
  bool idle() const;
  /// Returns the error for a run that a signal ended.
  Error interruption() const;

  std::variant<ReadableDevice*, InputStream*> source_;
  const CopyOptions options_;
  Progress& progress_;
  const std::uint64_t head_;  ///< bytes of the boot region
  BufferPool pool_;
  Throttle throttle_;
  OrderedHash hash_;
  const std::uint64_t share_;  ///< bytes that one of several destinations may hold
  std::vector<std::unique_ptr<WriteQueue>> queues_;
  std::vector<std::unique_ptr<Destination>> destinations_;
  std::vector<std::size_t> group_;  ///< indexes of the destinations of the present phase
  std::vector<std::size_t> done_;   ///< indexes of the complete ones
  const MapUse map_;
  std::unique_ptr<MapRouter> router_;  ///< null without a map
  std::vector<std::shared_ptr<Block>> boot_region_blocks_;
  std::vector<DestinationResult> results_;
  std::vector<std::uint64_t> sizes_;   ///< of the destinations at the beginning
  std::vector<std::size_t> bootable_;  ///< indexes of the destinations whose boot region was written
  std::atomic<std::uint64_t> data_{0}, zero_{0};
  std::atomic<unsigned> reads_{0};
  std::mutex mutex_;
  std::optional<Error> source_error_;
  double copy_seconds_ = 0, flush_seconds_ = 0, verify_seconds_ = 0;
};

}  // namespace san::copy
