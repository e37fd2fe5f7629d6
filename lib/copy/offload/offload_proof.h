// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>

#include "block/device.h"
#include "copy/buffer_pool.h"
#include "copy/engine/verifier.h"

namespace san::copy {

/// Reads ranges of a source, and has the same ranges of the destination compared with them: data that the
/// target copied, and that this machine has not read. Few reads are in flight at a time. expect() belongs to
/// one thread.
class OffloadProof {
 public:
  /// Prepares reads of at most `block` bytes. `source` must outlive it.
  OffloadProof(Device& source, std::uint64_t block);
  /// Waits for the reads in flight.
  ~OffloadProof();
  OffloadProof(const OffloadProof&) = delete;
  OffloadProof& operator=(const OffloadProof&) = delete;

  /// Reads a range, and adds it to `verifier`, which must outlive the reads and accept blocks of that size.
  /// While it waits for a buffer it calls `check`, which may throw.
  void expect(std::uint64_t offset, std::uint64_t length, Verifier& verifier,
              const std::function<void()>& check);
  /// Waits, at most `timeout`, until every range has been read and passed to its verifier; false if not yet.
  bool wait_until_idle(std::chrono::milliseconds timeout);
  /// Returns the first read that failed, if any.
  std::optional<Error> error() const;

 private:
  Device& source_;
  BufferPool pool_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  unsigned active_ = 0;
  std::optional<Error> error_;
};

}  // namespace san::copy
