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

namespace san {

/// How one destination ended.
struct DestinationResult {
  std::string name;
  std::optional<Error> error;  ///< nothing: the clone on it is complete and flushed
  DestinationBytes bytes;
  std::uint64_t verified = 0;  ///< bytes read back and found right
  std::uint64_t compared = 0;  ///< bytes read back because of the clone map
  std::vector<std::pair<std::uint64_t, std::uint64_t>>
      rewritten;  ///< ranges found wrong and put right, offset and length
  std::vector<std::pair<std::uint64_t, std::uint64_t>> mismatches;  ///< ranges that stayed wrong
};

struct CopyResult {
  std::uint64_t total = 0;  ///< bytes of the source
  std::uint64_t data = 0;   ///< read, with at least one byte that is not zero
  std::uint64_t zero = 0;   ///< holes and blocks of zeros
  Hash128 hash;             ///< of the whole source as read
  bool hashed = true;       ///< false: the target copied most of it, and nobody read it
  bool unsteady = false;    ///< the source gave other data when it was read a second time
  struct {
    double total = 0, copy = 0, flush = 0, verify = 0;
  } seconds;
  std::vector<DestinationResult> destinations;
};

/// Bytes of the blocks that a copy is done in: those of the options, or fewer where a device cannot read that
/// much at a time.
std::uint64_t copy_block(const CopyOptions& options, const Device* source,
                         const std::vector<Device*>& destinations);

/// Copies a source onto destinations: extents, reads, zero detection, writes, flush, verification, and the
/// first MiB last. Nothing is checked here that clone_objections() checks: large enough, writable, blocks
/// that fit.
class Copier {
 public:
  /// The devices, the stream and `progress` outlive it.
  /// With a map: its blocks are a power of two and no larger than copy_block() says, options.block is the
  /// same, and the source is a device.
  Copier(std::variant<Device*, InputStream*> source, const std::vector<Device*>& destinations,
         const CopyOptions& options, Progress& progress, MapUse map = {});
  ~Copier();
  Copier(const Copier&) = delete;
  Copier& operator=(const Copier&) = delete;

  /// Runs to the end. A failed destination is reported in the result, the others go on. Throws Error where
  /// the source fails, and Error(interrupted) after a signal; nothing is under way then.
  CopyResult run();

 private:
  using Clock = std::chrono::steady_clock;

  // Phases, in order.
  void hide_boot_regions();
  void read_boot_region(Device& source);
  void copy_device(Device& source);
  void copy_stream(InputStream& source);
  /// A range of the source to these destinations; `first`: it had not been read before.
  void copy_range(Device& source, std::uint64_t begin, std::uint64_t end, const std::vector<std::size_t>& to,
                  bool first);
  /// Everything that follows for those that have got all blocks: group_.
  void complete_group();
  /// Of the destinations that were not given all, those that have done most of what they hold: one that hangs
  /// must not hold up the others again. Waits until there is one; empty where none was left out.
  std::vector<std::size_t> next_to_catch_up();
  /// Reads again what slow destinations were not given. False: all are complete.
  bool catch_up();
  /// Some destination was not given all.
  bool left_out() const;
  /// Sequential destinations have got the head with all the rest; they are told that this was all.
  void finish();
  void write_boot_region();
  /// Removes the head again where it could not be written, flushed or verified after all.
  void hide_bad_boot_regions();
  /// What was written so far is flushed, verified and, where wrong, written again.
  void settle();
  /// What is behind the end of the source becomes zeros, where that was asked for.
  void wipe_rest();
  /// A longer file loses its rest, before the head makes it look like a disk: what was at the end of another
  /// one must not be taken for a part of it.
  void cut_rest();
  /// A file becomes as long as what went into it, which need not be whole blocks, unless it was longer and
  /// keeps its size.
  void trim();
  /// Whether this destination is a file that shall be cut; only where the clone on it is good so far.
  bool cuts(std::size_t index) const;
  /// Writes the zeros that a lying device was believed to have made.
  void zero_unread(Destination& destination);
  /// What is complete and good gets its name.
  void commit();
  void flush_all();
  void flush_once();
  /// Puts right what destinations may have lost though they had acknowledged it (recheck.cc); to be flushed
  /// again. False: there was nothing. `round` counts from 0.
  bool recover_cache_loss(unsigned round);
  void verify_all();
  void repair(std::size_t index);
  void rewrite(Device& source, Destination& destination, const Expectation& range);
  CopyResult result();

  // Steps.
  std::shared_ptr<Block> make_block(std::uint64_t offset, std::uint64_t length);
  std::shared_ptr<Block> read_block(Device& source, std::uint64_t offset, std::uint64_t length);
  void look_at(Block& block, std::uint64_t content, bool first);
  /// Those that take the piece now, of those that live; it waits for them. A destination that does not keep
  /// up while another has nothing left to do is left out.
  std::vector<std::size_t> choose(const Piece& piece, const std::vector<std::size_t>& among);
  void send(std::size_t destination, const std::shared_ptr<const Block>& block);
  void send_early(const std::shared_ptr<const Block>& block);
  void send_zeros(const Piece& piece, const std::vector<std::size_t>& to, bool first);
  void ensure_size(std::uint64_t end);
  void pause(std::uint64_t bytes);
  void source_failed(const Error& error);

  // Waiting. Each looks at check() again and again.
  /// Nothing is being read.
  void wait_for_reads();
  /// Nothing is being read, and group_ has nothing under way.
  void wait_until_idle();
  void abort();
  /// Throws the source's error, or Error(interrupted).
  void check();
  bool all_failed() const;
  bool idle() const;
  /// What to say of a signal.
  Error interruption() const;

  std::variant<Device*, InputStream*> source_;
  const CopyOptions options_;
  Progress& progress_;
  const std::uint64_t head_;  ///< bytes at the front that are written last
  BufferPool pool_;
  Throttle throttle_;
  OrderedHash hash_;
  const std::uint64_t share_;  ///< bytes that one of several destinations may hold
  std::vector<std::unique_ptr<WriteQueue>> queues_;
  std::vector<std::unique_ptr<Destination>> destinations_;
  std::vector<std::size_t> group_;  ///< indexes of the destinations that the present phase is about
  std::vector<std::size_t> done_;   ///< indexes of those that need nothing more
  const MapUse map_;
  std::unique_ptr<MapRouter> router_;  ///< null without a map
  std::vector<std::shared_ptr<Block>> boot_region_blocks_;
  std::vector<DestinationResult> results_;
  std::vector<std::uint64_t> sizes_;   ///< of the destinations, at the beginning
  std::vector<std::size_t> bootable_;  ///< indexes of the destinations whose head was written
  std::atomic<std::uint64_t> data_{0}, zero_{0};
  std::atomic<unsigned> reads_{0};
  std::mutex mutex_;
  std::optional<Error> source_error_;
  double copy_seconds_ = 0, flush_seconds_ = 0, verify_seconds_ = 0;
};

}  // namespace san
