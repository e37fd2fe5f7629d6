// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "block/device.h"
#include "copy/buffer_pool.h"
#include "core/hash.h"
#include "core/range.h"

namespace san::copy {

/// Range of a destination and its expected content.
struct Expectation {
  Range range;
  std::optional<Hash128> hash;  ///< empty for zeros
};

/// Reads back behind the write front, in a thread of its own, and compares with hashes. Its few buffers are
/// its own, so it neither starves the writers nor is starved by them. Ranges of zeros come last, when the end
/// is waited for: the device is asked for its deallocated extents, and a LUN that is being written to has to
/// determine these anew for every query. Thread-safe.
class Verifier {
 public:
  /// Starts the thread. `device` must outlive it. `block`: bytes of the longest range with a hash.
  Verifier(ReadableDevice& device, std::uint64_t block);
  /// Stops at once, and waits only for reads in flight.
  ~Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  /// Queues a range that has been written. Does not wait. Ignored after a failed read.
  void add(const Expectation& expectation);
  /// Counts bytes that another part of the engine has read back and found right.
  void confirm(std::uint64_t bytes) { verified_ += bytes; }
  /// Returns the bytes added and not yet examined.
  std::uint64_t backlog() const { return backlog_; }
  /// Returns the number of ranges added and not yet examined, 40 bytes of memory each.
  std::size_t queued() const;
  /// Waits, at most `timeout`, until everything added has been examined, or a read has failed; false if not
  /// yet. From now on zeros are examined as well, until the next add().
  bool wait_until_idle(std::chrono::milliseconds timeout);
  /// Returns the first read that failed, if any; nothing is examined after it.
  std::optional<Error> error() const;
  /// Returns and clears the ranges that did not hold the expected content.
  std::vector<Expectation> take_mismatches();
  /// Returns the bytes that held the expected content.
  std::uint64_t verified() const { return verified_; }

 private:
  void run();
  /// Returns the queue to take from; null if there is nothing to examine yet. With the lock held.
  std::deque<Expectation>* next();
  /// Compares one range, or queries the extents of one of zeros.
  void check(const Expectation& expectation);
  void check_zeros(const Range& range);
  void read_back(const Expectation& expectation);
  void judge(const Expectation& expectation, bool good);
  void fail(const Error& error);
  bool stopped() const;
  std::shared_ptr<std::byte> buffer();

  ReadableDevice& device_;
  BufferPool pool_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Expectation> queue_, zeros_;
  bool waited_for_ = false;  ///< a thread waits for the end, and nothing was added since
  std::vector<Expectation> mismatches_;
  std::optional<Error> error_;
  unsigned active_ = 0;  ///< reads in flight, plus the range being cut into reads
  bool quit_ = false;
  std::atomic<std::uint64_t> backlog_{0}, verified_{0};
  std::thread thread_;
};

}  // namespace san::copy
