// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "block/device.h"
#include "copy/buffer_pool.h"
#include "copy/copy_options.h"
#include "copy/engine/block.h"
#include "copy/engine/ordered_hash.h"
#include "copy/in_flight.h"
#include "copy/throttle.h"
#include "core/range.h"

namespace san::copy {

/// First reading of a range of the source, which is counted and hashed, or a later one.
enum class Reading { first, again };

/// Reads the source in blocks, as many at a time as there are buffers, and finds their zeros and hashes.
/// Thread-safe, except that the first reading, and wait_for_rate(), belong to one thread.
class ChunkReader {
 public:
  /// Called several times a second while a function waits; an exception that it throws ends the wait.
  using Check = std::function<void()>;

  /// Prepares `buffers` buffers of options.block bytes. `source` is null for a stream, whose bytes the caller
  /// puts into the blocks. `hashes`: blocks get their hash, for verification or a clone map. All arguments
  /// must outlive it.
  ChunkReader(ReadableDevice* source, const CopyOptions& options, bool hashes, std::size_t buffers,
              ChangeSignal& signal);

  /// Returns an empty block for a range of at most options.block bytes. Waits for a buffer.
  std::shared_ptr<Block> new_block(const Range& range, const Check& check);
  /// Fills the block, and then calls `ready` on a thread of the source, unless the read fails: that error is
  /// recorded in reads().
  void read(std::shared_ptr<Block> block, Reading reading, UniqueFunction<void()> ready);
  /// Returns the filled block of a range. Waits. Throws what the source reports.
  std::shared_ptr<Block> read_now(const Range& range, Reading reading, const Check& check);
  /// Finds the zeros and the hash of a filled block. `content`: bytes of it that belong to the source; the
  /// rest is padding.
  void examine(Block& block, std::uint64_t content, Reading reading);
  /// Counts and hashes a run of zeros that need not be read.
  void add_zeros(const Range& range);
  /// Counts zeros where nothing is hashed.
  void count_zeros(std::uint64_t bytes) { zeros_ += bytes; }
  /// Waits until `bytes` more may be read at the rate of the options.
  void wait_for_rate(std::uint64_t bytes, const Check& check);

  /// Returns the reads in flight, and the first error of one.
  InFlight& reads() { return reads_; }
  /// Releases what waits to be hashed: after a read that failed its turn never comes.
  void stop() { hash_.stop(); }

  /// Returns the bytes read so far, without a gap from the start.
  std::uint64_t position() const { return hash_.position(); }
  /// Returns the hash of these bytes. Only while nothing is being read.
  Hash128 digest() const { return hash_.digest(); }
  std::uint64_t data() const { return data_; }
  std::uint64_t zeros() const { return zeros_; }

 private:
  /// Returns the bytes of the block that belong to the source.
  std::uint64_t content_of(const Block& block) const;

  ReadableDevice* const source_;
  const bool hashes_;
  ChangeSignal& signal_;
  BufferPool pool_;
  Throttle throttle_;
  OrderedHash hash_;
  InFlight reads_;
  std::atomic<std::uint64_t> data_{0}, zeros_{0};
};

}  // namespace san::copy
