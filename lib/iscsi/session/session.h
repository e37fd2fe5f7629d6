// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <thread>

#include "iscsi/connection/connection.h"
#include "iscsi/session/request_queue.h"
#include "system/fd.h"

namespace san::iscsi {

/// A thread that keeps one session logged in and sends requests of the queue through it. After any fault it
/// destroys the connection, gives its requests back to the queue, and logs in again, until the queue's
/// timeout expires.
class Session {
 public:
  /// Callbacks from the session's thread; each may be empty.
  struct Hooks {
    std::function<void()> lost;  ///< the connection was lost, or could not be made
    std::function<void()> tick;  ///< several times a second
    /// Called after a new login, before any request. An Error that it throws ends the connection.
    std::function<void(Connection&)> joined;
    /// Called before the logout, after all requests.
    std::function<void(Connection&)> leaving;
  };

  /// `connection` may be null: then the thread logs in when there is something to do. Throws Error(failed) if
  /// no file descriptor is available.
  Session(RequestQueue& queue, Login login, std::unique_ptr<Connection> connection, Hooks hooks = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Starts the thread. Throws Error(failed) if none can be started.
  void start();
  /// Sets the maximum of requests in flight; 0 disables the session. Thread-safe.
  void limit(unsigned depth);
  /// Wakes the thread and returns true if it was waiting with capacity for a request. Thread-safe.
  bool wake();
  /// Ends the thread; the queue must have been stopped before. No session of a queue may be destroyed before
  /// all have been stopped: they wake each other.
  void stop();

 private:
  using Clock = RequestQueue::Clock;
  using Requests = std::list<std::unique_ptr<Request>>;

  void run();
  void serve();
  bool connect();
  void fill();
  bool has_capacity() const {
    return deferred_.empty() && in_flight_.size() < std::min<unsigned>(depth_, limit_);
  }
  void adapt_depth(const Request& request, const Answer& answer);
  void send(std::unique_ptr<Request> request);
  void answered(Requests::iterator position, const Answer& answer);
  void settle(std::unique_ptr<Request> request, const Answer& answer);
  void resume_deferred();
  void lost();
  void drop(const std::string& why);
  void back_off();
  bool answering();

  RequestQueue& queue_;
  const Timing timing_;
  Login login_;
  const Hooks hooks_;
  std::atomic<unsigned> limit_{0};
  unsigned depth_;  ///< adaptive: halved if the target is overloaded or slow, increased again by successes
  unsigned successes_ = 0;
  Clock::time_point halved_;
  Fd wake_fd_;
  std::atomic<bool> waiting_{false};
  std::unique_ptr<Connection> connection_;
  /// True after the first answer since the login, if only in query_lun(): from then on a UNIT ATTENTION of
  /// the code 29h reports a reset, not the new session.
  bool unit_attention_seen_;
  bool made_progress_ = false;     ///< a command of the queue was answered since the login
  Clock::time_point last_answer_;  ///< answer to a command, or submission of the first one in flight
  Requests in_flight_;
  /// Requests that must not be completed or sent again yet, because libiscsi may still send from their
  /// buffers: requests of a lost connection, until that has been destroyed; and writes that failed, or were
  /// deferred, while something (perhaps the rest of their data) was still to be sent, until it has been.
  /// Meanwhile nothing new is sent.
  std::list<std::pair<std::unique_ptr<Request>, Answer>> deferred_;
  std::string state_;
  std::string trouble_;  ///< the target's last protocol violation
  std::chrono::milliseconds backoff_{0};
  std::thread thread_;
};

}  // namespace san::iscsi
