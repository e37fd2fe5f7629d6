// SPDX-License-Identifier: Apache-2.0
#include "copy/compare.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <mutex>

#include "block/zero_detection.h"
#include "copy/buffer_pool.h"
#include "copy/in_flight.h"
#include "copy/plan.h"
#include "core/process/interrupt.h"
#include "core/units.h"

namespace san::copy {
namespace {

/// Differing ranges up to the number wanted. Thread-safe.
class Differences {
 public:
  Differences(std::uint64_t unit, std::size_t most) : unit_(unit), most_(most) {}

  void note(std::uint64_t offset, std::span<const std::byte> a, std::span<const std::byte> b) {
    if (std::memcmp(a.data(), b.data(), a.size()) == 0) return;
    const std::scoped_lock lock(mutex_);
    for (std::size_t at = 0; at < a.size(); at += unit_) {
      const std::size_t length = std::min<std::size_t>(unit_, a.size() - at);
      if (std::memcmp(a.data() + at, b.data() + at, length) != 0) add({offset + at, length});
    }
  }

  void report(CompareResult& result) const {
    result.differing = differing_;
    for (const Range& range : ranges_)
      if (result.ranges.size() < most_) result.ranges.push_back(range);
    result.more = dropped_ || ranges_.size() > most_;
  }

 private:
  void add(const Range& range) {
    differing_ += range.length;
    ranges_.add(range);
    // Blocks arrive out of order: more than wanted are kept, and the last ones dropped.
    if (ranges_.size() > most_ + 256) {
      ranges_.remove(ranges_.back());
      dropped_ = true;
    }
  }

  const std::uint64_t unit_;
  const std::size_t most_;
  std::mutex mutex_;
  RangeSet ranges_;
  std::uint64_t differing_ = 0;
  bool dropped_ = false;
};

/// Returns `options` with blocks that both devices can read at once.
CompareOptions fitting(CompareOptions options, const ReadableDevice& left, const ReadableDevice& right) {
  for (const ReadableDevice* device : {&left, &right})
    options.block = std::min(options.block,
                             std::max<std::uint64_t>(4096, round_down(device->limits().max_transfer, 4096)));
  return options;
}

/// A range to be read from both sides; the read that completes last compares.
struct Pair {
  std::uint64_t offset = 0;
  std::shared_ptr<std::byte> left, right;  ///< null if known to be zeros
  std::size_t length = 0;
  std::atomic<int> waiting{0};
};

class Comparison {
 public:
  Comparison(ReadableDevice& left, ReadableDevice& right, const CompareOptions& options, Progress& progress)
      : left_(left),
        right_(right),
        options_(fitting(options, left, right)),
        progress_(progress),
        pool_(options_.block, std::size_t{2} * options.depth),
        zeros_(options_.block),
        differences_(std::max(left.limits().logical_block, right.limits().logical_block),
                     options.most_ranges) {}

  CompareResult run(std::uint64_t size) {
    const auto started = std::chrono::steady_clock::now();
    progress_.begin("compare", size);
    try {
      walk(size);
      signal_.wait_until([this] { return reads_.count() == 0; }, [this] { check(); });
      check();
    } catch (...) {
      left_.cancel();
      right_.cancel();
      reads_.drain();
      progress_.end();
      throw;
    }
    progress_.end();
    CompareResult result;
    result.compared = size;
    differences_.report(result);
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return result;
  }

 private:
  /// Reads both sides, cut at the borders of either side's pieces, so that holes of both need no read at all.
  void walk(std::uint64_t size) {
    Plan left(left_, {0, whole(left_, size)}, options_.block),
        right(right_, {0, whole(right_, size)}, options_.block);
    auto a = left.next(), b = right.next();
    for (std::uint64_t at = 0; at < size;) {
      check();
      const std::uint64_t end = std::min({size, a->offset + a->length, b->offset + b->length});
      const bool left_zero = a->zero && left_.limits().unmap_guaranteed;
      const bool right_zero = b->zero && right_.limits().unmap_guaranteed;
      if (left_zero && right_zero)
        progress_.add(end - at);
      else
        for (std::uint64_t from = at; from < end; from += std::min(options_.block, end - from))
          start(from, static_cast<std::size_t>(std::min(options_.block, end - from)), left_zero, right_zero);
      at = end;
      if (a->offset + a->length == at) a = left.next();
      if (b->offset + b->length == at) b = right.next();
    }
  }

  /// Returns `length` rounded up to whole blocks: the end of one side need not be a whole block of the other.
  static std::uint64_t whole(const ReadableDevice& device, std::uint64_t length) {
    return round_up(length, device.limits().logical_block);
  }

  std::shared_ptr<std::byte> buffer() {
    while (true) {
      check();
      if (auto buffer = pool_.acquire(kPollInterval)) return buffer;
    }
  }

  void start(std::uint64_t offset, std::size_t length, bool left_zero, bool right_zero) {
    auto pair = std::make_shared<Pair>();
    pair->offset = offset;
    pair->length = length;
    if (!left_zero) pair->left = buffer();
    if (!right_zero) pair->right = buffer();
    pair->waiting = (left_zero ? 0 : 1) + (right_zero ? 0 : 1);
    if (!left_zero) read(left_, pair, pair->left);
    if (!right_zero) read(right_, pair, pair->right);
  }

  void read(ReadableDevice& device, const std::shared_ptr<Pair>& pair,
            const std::shared_ptr<std::byte>& into) {
    device.read(pair->offset, {into.get(), whole(device, pair->length)},
                [this, pair = pair, ticket = reads_.begin()](const Error* error) mutable {
                  if (error != nullptr) reads_.fail(*error);
                  if (--pair->waiting == 0) {
                    const auto bytes = [&](const auto& side) {
                      return std::span<const std::byte>(side ? side.get() : zeros_.data(), pair->length);
                    };
                    differences_.note(pair->offset, bytes(pair->left), bytes(pair->right));
                    progress_.add(pair->length);
                  }
                  pair.reset();
                  ticket.end();
                });
  }

  void check() {
    Interrupt::check("");
    if (const auto error = reads_.error()) throw Error(*error);
  }

  ReadableDevice &left_, &right_;
  const CompareOptions options_;
  Progress& progress_;
  BufferPool pool_;
  std::vector<std::byte> zeros_;
  Differences differences_;
  ChangeSignal signal_;
  InFlight reads_{&signal_};
};

}  // namespace

CompareResult compare(ReadableDevice& left, ReadableDevice& right, std::uint64_t size,
                      const CompareOptions& options, Progress& progress) {
  return Comparison(left, right, options, progress).run(size);
}

}  // namespace san::copy
