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

#include "core/error.h"
#include "core/unique_function.h"
#include "iscsi/connection/command_channel.h"
#include "iscsi/connection/timing.h"
#include "iscsi/session/session_clock.h"

namespace san::iscsi {

/// A command that lives until it is answered or given up: over retries, lost sessions and new ones.
struct Request : Command {
  using Clock = std::chrono::steady_clock;
  /// Completion: `gave_up` is null if the target answered, else the reason why there is no answer.
  using Done = UniqueFunction<void(const Answer& answer, const Error* gave_up)>;

  Done done;
  const char* verb = "";                 ///< for messages: "write", "read" …
  std::uint64_t offset = 0, length = 0;  ///< for messages, in bytes
  bool slow = false;                     ///< may take long on a healthy target: SYNCHRONIZE CACHE, UNMAP …

  std::uint64_t number = 0;  ///< order of submission, given by the queue
  unsigned attempts = 0;
  std::optional<Clock::time_point> first_refusal;
  Clock::time_point not_before, sent;
};

/// The requests of one LUN, shared by the threads of its sessions. It knows every request until its end, so
/// it can report a stall and fail everything once the timeout has expired. Thread-safe.
class RequestQueue {
 public:
  using Clock = std::chrono::steady_clock;

  /// `clock` must outlive the queue.
  explicit RequestQueue(std::string url, const Timing& timing = {},
                        const SessionClock& clock = SessionClock::steady())
      : url_(std::move(url)), timing_(timing), clock_(clock) {}

  /// Sets the callback for work that one more session could do. It is called without the lock held.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }

  /// Adds a request. After fail() or stop() it is completed at once, within this call.
  void push(std::unique_ptr<Request> request);
  /// Returns the next request that is due; null if there is none. The session that takes it gives it back by
  /// requeue() or finish().
  std::unique_ptr<Request> pop();
  /// Gives a request back, to be sent again ahead of new ones as soon as `not_before` allows. `refusal` is
  /// the target's answer to it, for the report of a stall; empty if there was none.
  void requeue(std::unique_ptr<Request> request, std::string refusal = {});
  /// Completes a request that the target answered. Calls `done`.
  void finish(std::unique_ptr<Request> request, const Answer& answer);

  /// Fails all queued requests, and from now on all that are pushed or requeued, with `error`.
  void fail(const Error& error);
  /// Fails all requests because the owner closes the device.
  void stop();
  bool stopped() const;

  /// Records that a session was lost, or that the target reports a reset: writes that it had acknowledged and
  /// not flushed may be lost. Must be called before anything is sent again.
  void nexus_lost() { ++cache_loss_generation_; }
  /// Returns the number of calls of nexus_lost().
  std::uint64_t cache_loss_generation() const { return cache_loss_generation_; }

  bool idle() const;
  /// Returns true if a new request waits because no session has capacity for it.
  bool waiting() const;
  /// Returns the bytes of the requests that were answered.
  std::uint64_t transferred() const { return transferred_; }
  const std::string& url() const { return url_; }
  /// Returns the time until the first delayed request is due, at most `limit`.
  std::chrono::milliseconds due_in(std::chrono::milliseconds limit) const;

  /// Reports a stall, and fails everything when it has lasted too long. A waiting session calls it a few
  /// times a second. `state` is the event that it waits for: "no answer", "cannot connect to …".
  void watch(const std::string& state);
  /// Returns the time without progress while something was pending.
  std::chrono::milliseconds silence() const;
  /// Returns the time at which the oldest pending request that is not slow was added; nothing if there is
  /// none.
  std::optional<Clock::time_point> prompt_since() const;
  /// Returns the longest silence that is tolerated with the pending requests.
  std::chrono::milliseconds timeout() const;
  const Timing& timing() const { return timing_; }
  const SessionClock& clock() const { return clock_; }

 private:
  void end(std::unique_ptr<Request> request, const Answer& answer, const Error* gave_up);
  // To be called with the lock held:
  std::string pending_text() const;
  std::optional<Clock::time_point> prompt_since_locked() const;
  std::chrono::milliseconds timeout_locked() const;

  const std::string url_;
  const Timing timing_;
  const SessionClock& clock_;
  std::function<void()> wake_;
  std::atomic<std::uint64_t> cache_loss_generation_{0};
  mutable std::mutex mutex_;
  std::deque<std::unique_ptr<Request>> ready_;
  std::vector<std::unique_ptr<Request>> delayed_;
  struct Pending {
    const char* verb;
    std::uint64_t offset, length;
    bool slow;
    Clock::time_point added;
  };
  std::map<std::uint64_t, Pending> pending_;  ///< queued or given to a session, by number
  std::uint64_t next_number_ = 1;
  std::atomic<std::uint64_t> transferred_{0};
  std::optional<Error> failure_;
  std::string refusal_;  ///< the target's last answer, if it asked for a retry
  /// Last completion, last completion of the oldest pending request, and last report of a stall.
  Clock::time_point progress_ = clock_.now(), oldest_ = progress_, reported_;
};

}  // namespace san::iscsi
