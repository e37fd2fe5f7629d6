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

namespace san {

/// A range of the destination and what it has to hold.
struct Expectation {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::optional<Hash128> hash;  ///< nothing: zeros
};

/// Reads back behind the write front, in a thread of its own, and compares with hashes. It uses few buffers
/// of its own, so it can neither starve the writers nor be starved. Zeros come last, when somebody waits for
/// the end: the device is asked whether they are deallocated, and a LUN that is being written to has to find
/// that out again for every question.
class Verifier {
 public:
  /// `block`: the longest range with a hash.
  Verifier(Device& device, std::uint64_t block);
  /// Stops at once, waiting only for reads under way.
  ~Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  /// The range has been written. Does not wait.
  void add(const Expectation& expectation);
  /// `bytes` have been read back by somebody else, and were right.
  void confirm(std::uint64_t bytes) { verified_ += bytes; }
  /// Bytes added, not yet looked at.
  std::uint64_t backlog() const { return backlog_; }
  /// Ranges added, not yet looked at: each takes a little memory.
  std::size_t queued() const;
  /// Waits until everything added has been looked at, at most `patience`. False: not yet.
  bool wait_until_idle(std::chrono::milliseconds timeout);
  /// The first read that failed, if any; nothing is looked at after it.
  std::optional<Error> error() const;
  /// Ranges that did not hold what they should, since the last call.
  std::vector<Expectation> take_mismatches();
  /// Bytes that were as they should be.
  std::uint64_t verified() const { return verified_; }

 private:
  void run();
  /// What to look at next; null for nothing yet. With the lock held.
  std::deque<Expectation>* next();
  void check(const Expectation& expectation);
  void check_zeros(std::uint64_t offset, std::uint64_t length);
  void read_back(const Expectation& expectation);
  void judge(const Expectation& expectation, bool good);
  void fail(const Error& error);
  bool stopped() const;
  std::shared_ptr<std::byte> buffer();

  Device& device_;
  BufferPool pool_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Expectation> queue_, zeros_;
  bool waited_for_ = false;  ///< nothing was added since somebody began to wait for the end
  std::vector<Expectation> mismatches_;
  std::optional<Error> error_;
  unsigned active_ = 0;  ///< reads under way, plus the range being cut into reads
  bool quit_ = false;
  std::atomic<std::uint64_t> backlog_{0}, verified_{0};
  std::thread thread_;
};

}  // namespace san
