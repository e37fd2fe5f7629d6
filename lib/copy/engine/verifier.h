// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "block/device.h"
#include "copy/buffered_reads.h"
#include "core/hash.h"
#include "core/range.h"

namespace san::copy {

/// Blocks of which VerifyMode::sample examines one.
inline constexpr std::uint64_t kSampleEvery = 16;

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
  /// Starts the thread. `device` must outlive it. `block`: bytes of the longest range with a hash. `signal`,
  /// if there is one, is told of every range that has been examined, and must outlive it.
  Verifier(ReadableDevice& device, std::uint64_t block, ChangeSignal* signal = nullptr);
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
  /// Returns the number of ranges added and not yet examined, some 60 bytes of memory each.
  std::size_t queued() const;
  /// Waits, at most `timeout`, until everything added has been examined, or a read has failed; false if not
  /// yet. From now on zeros are examined as well, until the next add().
  bool wait_until_idle(std::chrono::milliseconds timeout);
  /// Returns the first read that failed, if any; nothing is examined after it.
  std::optional<Error> error() const { return examinations_.error(); }
  /// Returns and clears the ranges that did not hold the expected content.
  std::vector<Expectation> take_mismatches();
  /// Returns the bytes that held the expected content.
  std::uint64_t verified() const { return verified_; }

 private:
  /// A range to be examined: in flight until its last read has ended.
  struct Examination {
    Expectation expectation;
    std::shared_ptr<InFlight::Ticket> ticket;
  };
  void run();
  /// Returns the queue to take from; null if there is nothing to examine yet. With the lock held.
  std::deque<Examination>* next();
  /// Compares one range, or queries the extents of one of zeros.
  void examine(const Examination& one);
  void examine_zeros(const Range& range, const Examination& of);
  void read_back(const Expectation& expectation, const std::shared_ptr<InFlight::Ticket>& ticket);
  void judge(const Expectation& expectation, bool good);
  /// Ends the verification with `error`.
  void fail(const Error& error);
  bool stopped() const { return quit_ || examinations_.failed(); }

  ReadableDevice& device_;
  InFlight examinations_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Examination> queue_, zeros_;
  bool waited_for_ = false;  ///< a thread waits for the end, and nothing was added since
  std::vector<Expectation> mismatches_;
  std::atomic<bool> quit_{false};
  std::atomic<std::uint64_t> backlog_{0}, verified_{0};
  BufferedReads reads_;
  std::thread thread_;
};

}  // namespace san::copy
