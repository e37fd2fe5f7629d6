// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "iscsi/connection/connection.h"
#include "iscsi/connection/timing.h"

namespace san::iscsi {

/// A command that lives as long as it takes: over retries, lost sessions and new ones.
struct Request {
  using Clock = std::chrono::steady_clock;
  /// `gave_up` is null where the target answered; else why nothing came of it.
  using Done = std::function<void(const Answer& answer, const Error* gave_up)>;

  Cdb cdb;
  Direction direction = Direction::none;
  std::span<std::byte> data;
  Done done;
  const char* verb = "";                 ///< for messages: "write", "read" …
  std::uint64_t offset = 0, length = 0;  ///< for messages, in bytes
  bool slow = false;                     ///< may take long on a healthy target: SYNCHRONIZE CACHE, UNMAP …

  std::uint64_t number = 0;  ///< order of submission, given by the queue
  unsigned attempts = 0;
  std::optional<Clock::time_point> first_refusal;
  Clock::time_point not_before, sent;
};

/// The requests of one LUN, shared by the threads of its sessions. Thread-safe. It knows every request until
/// it has ended, so it can tell of a stall, and end everything when there is no hope left.
class RequestQueue {
 public:
  using Clock = std::chrono::steady_clock;

  explicit RequestQueue(std::string url, const Timing& timing = {}) : url_(std::move(url)), timing_(timing) {}

  /// `wake` is called when there is work for one more session. Called without the lock held.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  /// Adds a request. After fail() or stop() it ends at once, in this call.
  void push(std::unique_ptr<Request> request);
  /// The next request that is due; null where there is none. The session that takes it gives it back by
  /// requeue() or finish().
  std::unique_ptr<Request> pop();
  /// Back to the front, to be sent again as soon as `not_before` allows. `refusal` is what the target said to
  /// it, empty where it said nothing; a stall is reported with it.
  void requeue(std::unique_ptr<Request> request, std::string refusal = {});
  /// The target answered. Calls `done`.
  void finish(std::unique_ptr<Request> request, const Answer& answer);

  /// No more hope: everything queued, and from now on everything pushed or given back, ends with `error`.
  void fail(const Error& error);
  /// The same because the owner is gone.
  void stop();
  bool stopped() const;

  /// A session was lost, or the target says that it was reset: what it had acknowledged and not flushed may
  /// be gone. To be told before anything is sent again.
  void nexus_lost() { ++cache_loss_generation_; }
  /// How often.
  std::uint64_t cache_loss_generation() const { return cache_loss_generation_; }

  bool idle() const;
  /// A request is due, and no session has room for it.
  bool waiting() const;
  /// Bytes of the requests that were answered.
  std::uint64_t transferred() const { return transferred_; }
  const std::string& url() const { return url_; }
  /// When the first delayed request is due, at most `limit` from now; `limit` where none is.
  std::chrono::milliseconds due_in(std::chrono::milliseconds limit) const;

  /// To be called a few times a second by whoever waits: reports a stall, and gives up when it has lasted too
  /// long. `state` is what the caller is waiting for: "no answer", "cannot connect to …".
  void watch(const std::string& state);
  /// Time without progress while something was pending.
  std::chrono::milliseconds silence() const;
  /// How long a silence is borne with what is pending now.
  std::chrono::milliseconds timeout() const;
  const Timing& timing() const { return timing_; }

 private:
  void end(std::unique_ptr<Request> request, const Answer& answer, const Error* gave_up);
  // With the lock held:
  std::string pending_text() const;
  std::chrono::milliseconds timeout_locked() const;

  const std::string url_;
  const Timing timing_;
  std::function<void()> wake_;
  std::atomic<std::uint64_t> cache_loss_generation_{0};
  mutable std::mutex mutex_;
  std::deque<std::unique_ptr<Request>> ready_;
  std::vector<std::unique_ptr<Request>> delayed_;
  struct Pending {
    const char* verb;
    std::uint64_t offset, length;
    bool slow;
  };
  std::map<std::uint64_t, Pending> pending_;  ///< queued or at a session, by number
  std::uint64_t next_number_ = 1;
  std::atomic<std::uint64_t> transferred_{0};
  std::optional<Error> failure_;
  std::string refusal_;  ///< what the target last said instead of doing what it was told
  Clock::time_point progress_ = Clock::now(), oldest_ = progress_,
                    reported_;  ///< when one ended, when the oldest one did, when a stall was reported
};

}  // namespace san::iscsi
