// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/chunk_reader.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "block/zero_detection.h"

namespace san::copy {

ChunkReader::ChunkReader(ReadableDevice* source, const CopyOptions& options, bool hashes, std::size_t buffers,
                         ChangeSignal& signal)
    : source_(source),
      hashes_(hashes),
      signal_(signal),
      pool_(static_cast<std::size_t>(options.block), buffers),
      throttle_(options.rate),
      reads_(&signal) {}

std::shared_ptr<Block> ChunkReader::new_block(const Range& range, const Check& check) {
  auto block = std::make_shared<Block>();
  while (!block->buffer) {
    block->buffer = pool_.acquire(kPollInterval);
    check();
  }
  block->offset = range.offset;
  block->length = range.length;
  return block;
}

void ChunkReader::read(std::shared_ptr<Block> block, Reading reading, UniqueFunction<void()> ready) {
  Block& filled = *block;
  source_->read(filled.offset, filled.bytes(),
                [this, block = std::move(block), reading, ready = std::move(ready),
                 ticket = reads_.begin()](const Error* error) mutable {
                  if (error != nullptr) {
                    reads_.fail(*error);
                  } else {
                    examine(*block, content_of(*block), reading);
                    ready();
                  }
                  ready = {};
                  block.reset();
                  ticket.end();
                });
}

std::shared_ptr<Block> ChunkReader::read_now(const Range& range, Reading reading, const Check& check) {
  auto block = new_block(range, check);
  read_wait(*source_, range.offset, block->bytes());
  examine(*block, content_of(*block), reading);
  return block;
}

std::uint64_t ChunkReader::content_of(const Block& block) const {
  const std::uint64_t content = source_->content_size();
  return std::min(block.length, content - std::min(content, block.offset));
}

void ChunkReader::examine(Block& block, std::uint64_t content, Reading reading) {
  zero_runs(block.bytes(), kGranule, kGranule, block.runs);
  if (hashes_) block.hash = hash128(block.bytes());
  if (reading == Reading::again) return;
  for (const Run& run : block.runs) (run.zero ? zeros_ : data_) += run.length;
  hash_.add(block.offset, block.bytes().first(static_cast<std::size_t>(content)), block.buffer);
}

void ChunkReader::add_zeros(const Range& range) {
  count_zeros(range.length);
  hash_.add_zeros(range.offset, range.length);
}

void ChunkReader::wait_for_rate(std::uint64_t bytes, const Check& check) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + throttle_.take(bytes);
  for (auto now = Clock::now(); now < until; now = Clock::now()) {
    check();
    signal_.wait_past(signal_.changes(), std::min<Clock::duration>(kPollInterval, until - now));
  }
}

}  // namespace san::copy
