// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "block/device.h"
#include "copy/copy_options.h"
#include "copy/copy_result.h"
#include "copy/engine/chunk_reader.h"
#include "copy/engine/delta_writer.h"
#include "copy/engine/destination.h"
#include "copy/engine/map_use.h"
#include "copy/engine/write_queue.h"

namespace san::copy {

/// Stages of a destination, in order. A repair goes back to flush, and the boot region is flushed, verified
/// and repaired like the rest.
enum class Stage { write, wipe, flush, verify, repair, boot_region, commit, complete };

/// Parts that the pipelines of one copy share.
struct CopyContext {
  CopyOptions options;               ///< options.block fits all devices
  ReadableDevice* source = nullptr;  ///< null for a stream, which cannot be read again
  std::uint64_t head = 0;            ///< bytes of the boot region
  ChunkReader& reader;
  ChangeSignal& signal;
  const MapUse& map;  ///< without a map, everything is written
  /// Called after each flush of a pipeline, on its thread. An exception that it throws ends the copy. May be
  /// empty.
  std::function<void()> flushed = {};
};

/// The way of one destination from the first block to a complete clone. The copier's thread gives it blocks
/// and zeros; when all have been written, a thread of its own takes it through the other stages: wipe what is
/// behind the end, flush, verify, repair, write the boot region, flush and verify that, commit. So a
/// destination that lags holds up nobody: the ranges that it skipped follow in a second pass, while the
/// others come to their end.
class DestinationPipeline {
 public:
  /// Prepares it; nothing is read or written yet, except to the map. `index` is the number of the destination
  /// in the map. All arguments must outlive it. Throws Error(failed) if the map cannot be read.
  DestinationPipeline(Device& device, std::size_t index, const CopyContext& context);
  /// Waits for its thread: stop() must have been called, or ended() be true.
  ~DestinationPipeline();
  DestinationPipeline(const DestinationPipeline&) = delete;
  DestinationPipeline& operator=(const DestinationPipeline&) = delete;

  // Stage::write, on the thread of the copier.
  /// Hides the boot region before the first write; not that of a complete clone, which is hidden before it is
  /// changed.
  void hide_boot_region();
  /// Returns what the map knows of the block at `offset`; nothing without a map.
  map_format::Slot look_up(std::uint64_t offset);
  /// Writes a block of which the map knows `known`. From any thread.
  void write(const std::shared_ptr<const Block>& block, const map_format::Slot& known);
  /// Makes zeros of a range. `check` is called while it waits.
  void zero(const Range& range, const std::shared_ptr<const ProgressTicket>& share,
            const ChunkReader::Check& check);
  /// Begins a flush if one is due for the map. Does not wait.
  void checkpoint();
  /// Returns true if all that it was given is on the device, and nothing was skipped.
  bool is_written() const;
  /// Returns the blocks on their way to it, and the ranges that it skipped.
  WriteQueue& queue() { return queue_; }
  const WriteQueue& queue() const { return queue_; }

  /// Starts the thread for the other stages: all of the source has been written. `content`: bytes of the
  /// source. `boot_region`: its first blocks, which must outlive the pipeline. Once.
  void finish(std::uint64_t content, const std::vector<std::shared_ptr<Block>>& boot_region);
  /// Returns true once finish() has been called.
  bool finishing() const { return finishing_; }
  /// Returns true if it has come to its end: complete, failed, or with mismatches.
  bool ended() const { return ended_; }
  /// Fails it, and cancels its requests. It ends soon.
  void stop(const Error& error);
  /// Throws what ended its thread and is no failure of the destination: an error of the source, a signal.
  void rethrow() const;

  /// Removes a boot region that was written, because the clone is damaged after all. At the end.
  void clear_boot_region();

  /// Returns the error of the source that ended the destination, if one did. Valid at the end.
  const std::optional<Error>& source_error() const { return source_error_; }

  /// Returns the highest stage so far.
  Stage stage() const { return stage_; }
  /// Returns true if the boot region was written.
  bool bootable() const { return bootable_; }
  /// Returns the bytes that are to be wiped, once the stage has begun, and those that are.
  std::uint64_t to_wipe() const { return to_wipe_; }
  std::uint64_t wiped() const { return wiped_; }
  Destination& destination() { return destination_; }
  const Destination& destination() const { return destination_; }

  /// Seconds spent in the stages: wipe and boot region, flush, verify and repair. Valid at the end.
  struct Seconds {
    double write = 0, flush = 0, verify = 0;
  };
  const Seconds& seconds() const { return seconds_; }
  /// Returns the result. Valid at the end.
  DestinationResult result();

 private:
  void run();
  /// Signals the end of data to a sequential device.
  void end_stream();
  /// Puts zeros behind the end of the source, if the options say so.
  void wipe_rest();
  /// Flushes all that was written so far, verifies it, and rewrites what is wrong.
  void settle();
  /// Writes zeros to ranges that were unmapped and only spot-checked, if the device has failed such a check.
  void zero_unread();
  void flush();
  void flush_once();
  /// Rewrites data that the device may have lost though it had acknowledged it, to be flushed again. Returns
  /// false if there was none. `round` counts from 0.
  bool recover_cache_loss(unsigned round);
  void verify();
  void repair();
  void rewrite(const Expectation& wrong);
  /// Cuts a longer file, before the boot region makes it look like a disk: the old end must not be taken for
  /// a part of it.
  void cut_rest();
  void write_boot_region();
  /// Gives a file the length of the content, which need not be whole blocks, unless it was longer and keeps
  /// its size.
  void trim();
  /// Renames a complete and verified file to its final name.
  void commit();

  /// Enters a stage, unless a higher one was reached before.
  void enter(Stage stage);
  bool good() const { return !destination_.failed() && mismatches_.empty(); }
  /// Returns true if the destination is a file to be cut, and the clone on it is good so far.
  bool cuts() const { return good() && destination_.device().resizable(); }
  /// Runs `work`; an error of it ends the destination, except after a signal.
  void on_destination(const std::function<void()>& work);
  /// Runs `work` that reads the source again: a source that cannot be read is the end of this
  /// destination, and of no other.
  void on_source(const std::function<void()>& work);
  void zero_again(const Range& range, std::shared_ptr<const ProgressTicket> share = nullptr);
  void wait_until_idle();
  /// Throws Error(interrupted) after a signal or stop().
  void check() const;

  const CopyContext& context_;
  const std::uint64_t size_;  ///< of the device at the beginning
  WriteQueue queue_;
  Destination destination_;
  std::unique_ptr<DeltaWriter> delta_;  ///< null without a map
  const std::vector<std::shared_ptr<Block>>* boot_region_ = nullptr;
  std::uint64_t content_ = 0;
  std::vector<Range> rewritten_, mismatches_;
  Seconds seconds_;
  std::optional<Error> source_error_;
  std::atomic<Stage> stage_{Stage::write};
  std::atomic<bool> finishing_{false}, stopping_{false}, ended_{false}, bootable_{false};
  std::atomic<std::uint64_t> to_wipe_{0}, wiped_{0};
  mutable std::mutex mutex_;
  std::exception_ptr exception_;
  std::thread thread_;
};

}  // namespace san::copy
