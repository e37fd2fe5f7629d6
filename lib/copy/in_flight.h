// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "block/device.h"
#include "copy/change_signal.h"
#include "core/error.h"

namespace san::copy {

/// Requests of one part of the engine that have not ended, and the first error that one of them met.
/// Thread-safe.
class InFlight {
 public:
  /// One request, from begin() until it is destroyed, or end() is called. Moved into its completion.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket() { end(); }
    /// Ends the request now, if it has not ended.
    void end() noexcept {
      if (owner_ != nullptr) std::exchange(owner_, nullptr)->end();
    }

   private:
    friend class InFlight;
    explicit Ticket(InFlight& owner) : owner_(&owner) {}
    InFlight* owner_;
  };

  /// Starts with nothing in flight. `signal`, if there is one, is told of the end of each request and of the
  /// error, and must outlive it.
  explicit InFlight(ChangeSignal* signal = nullptr) : signal_(signal) {}
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  /// Counts a request.
  Ticket begin();
  /// Returns the number of requests that have not ended.
  unsigned count() const;
  /// Waits until at most `most` requests are in flight; false if `timeout` is over before.
  bool wait(std::chrono::milliseconds timeout, unsigned most = 0) const;
  /// Waits until nothing is in flight, however long that takes.
  void drain() const;

  /// Records an error, unless there is one.
  void fail(const Error& error);
  /// Records `error` as the first, and has `device` end its requests.
  void cancel(ReadableDevice& device, const Error& error);
  /// Returns the first error.
  std::optional<Error> error() const;
  bool failed() const { return failed_; }
  /// Forgets the error, for another attempt.
  void forgive();

 private:
  void end() noexcept;

  ChangeSignal* const signal_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  unsigned count_ = 0;
  std::optional<Error> error_;
  std::atomic<bool> failed_{false};
};

}  // namespace san::copy
