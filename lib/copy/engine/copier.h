// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <variant>
#include <vector>

#include "block/device.h"
#include "copy/copy_options.h"
#include "copy/copy_result.h"
#include "copy/engine/chunk_reader.h"
#include "copy/engine/map_use.h"
#include "copy/engine/pipeline.h"
#include "copy/plan.h"
#include "copy/stream/input_stream.h"
#include "core/process/progress.h"
#include "core/range.h"

namespace san::copy {

/// Copies a source onto destinations: a ChunkReader reads it once, in blocks, and gives them to one
/// DestinationPipeline a destination. clone_objections() is not repeated here: the destinations must be large
/// enough, writable, and have blocks that fit.
///
/// Threads: one thread constructs it, calls run() once, and destroys it. That must not be a thread on which
/// one of the devices completes requests, because run() waits for these. The callbacks of the options are
/// called on this thread, and Progress belongs to it for as long as run() lasts. Several Copiers may run at
/// once, on threads and devices of their own: a run that fails cancels its devices. Blocks are hashed and
/// sent on by the devices' threads; each Verifier and each DeltaWriter has one of its own, and each pipeline
/// has one from the last block to its end. Only a signal ends a run from outside (Interrupt).
///
/// Owners: Copier owns the ChunkReader with its buffers, and the pipelines. A pipeline owns its Destination,
/// and with a clone map its DeltaWriter; a Destination owns its Verifier, MapJournal, DirtyRanges and
/// BootRegionGuard. Devices, stream, CloneMap and Progress belong to the caller.
///
/// Lock order: Destination, MapJournal, CloneMap; within CloneMap the lock of commit() before that of the
/// records. MapJournal calls CloneMap::add() with its lock held. Destination releases its own before it calls
/// the journal, the verifier, the guard or the device, and must not be called by any of them with a lock
/// held. InFlight and ChangeSignal call nobody with theirs.
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
  using Pipelines = std::vector<DestinationPipeline*>;

  // Phases, in order.
  void copy_device();
  void copy_stream();
  /// Reads the boot region, which is written when everything else is verified.
  void read_boot_region();
  /// Copies a range of the source to the destinations `to`.
  void copy_range(const Range& range, const Pipelines& to, Reading reading);
  /// Copies ranges that destinations skipped. Returns false if there are none left.
  bool catch_up();
  /// Lets each destination that has all of the source go on to its other stages.
  void hand_over();
  CopyResult result();

  // Steps.
  /// Returns the destinations among `among` that take the piece now, failed ones excluded; waits until they
  /// can. A destination without capacity skips the piece if another one has little left to do and
  /// kWaitForSlow is over.
  Pipelines choose(const Piece& piece, const Pipelines& among);
  void give(const Piece& piece, const Pipelines& takers, Reading reading);
  void give_zeros(const Piece& piece, const Pipelines& takers, Reading reading);
  /// Keeps a block of the boot region for the end; sequential destinations get it in its turn.
  void give_boot_region(const std::shared_ptr<Block>& block);
  /// Returns the destinations with skipped ranges that hold at most a quarter of their share: one that hangs
  /// must not delay the others again. Waits until there is one; empty if no ranges are left.
  Pipelines next_to_catch_up();
  /// Extends destination files to at least `end` bytes.
  void ensure_size(std::uint64_t end);
  std::shared_ptr<const ProgressTicket> ticket(std::uint64_t bytes, Reading reading);
  /// Passes on how much of the phase, the first pass or the second one, is done.
  void show();
  /// Begins the phase of the second pass, which has `total` bytes, unless one has been announced. What the
  /// first one still has on its way is not waited for, and counts as done.
  void begin_second_pass(std::uint64_t total);
  bool all_failed() const;
  /// Throws the source's error, or Error(interrupted); begins flushes that are due for the map, and hands
  /// over. Called again and again, by all that waits.
  void check();
  /// Fails and cancels everything, and waits until nothing is in flight. Returns interruption().
  Error abort();
  /// Returns the error for a run that a signal ended. At its end, since until then a boot region may be
  /// written.
  Error interruption() const;

  ReadableDevice* const device_;  ///< the source; null if it is a stream
  InputStream* const stream_;     ///< null if the source is a device
  Progress& progress_;
  const MapUse map_;
  ChangeSignal signal_;
  CopyContext context_;
  const std::uint64_t share_;  ///< bytes that one of several destinations may hold
  ChunkReader reader_;
  std::vector<std::shared_ptr<Block>> boot_region_;
  std::vector<std::unique_ptr<DestinationPipeline>> pipelines_;
  Pipelines all_, fed_;    ///< fed_: those that have not been given all of their ranges
  bool all_read_ = false;  ///< the first reading is over, and destinations may be handed over
  bool caught_up_ = false;
  bool source_failed_ = false;            ///< the last Error was thrown because the source could not be read
  std::atomic<std::uint64_t> copied_{0};  ///< bytes of the first pass that all takers have
  std::atomic<std::uint64_t> copied_again_{0};      ///< the same of the second one
  std::atomic<std::uint64_t>* counted_ = &copied_;  ///< which of them is the present phase of `progress_`
  std::uint64_t shown_ = 0;                         ///< bytes of it that `progress_` knows
  double copy_seconds_ = 0;
};

}  // namespace san::copy
