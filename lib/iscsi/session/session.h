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
/// throws the connection away, gives its requests back to the queue, and logs in again, for as long as the
/// queue has patience.
class Session {
 public:
  /// Called from the session's thread, if set.
  struct Hooks {
    std::function<void()> lost;  ///< the connection was lost, or could not be made
    std::function<void()> tick;  ///< several times a second
    /// The session has logged in anew: before any request. What it throws ends the connection.
    std::function<void(Connection&)> joined;
    /// The session is about to log out: behind all requests.
    std::function<void(Connection&)> leaving;
  };

  /// `connection` may be null: then the thread logs in by itself, when there is something to do. Throws
  /// Error(failed) where there is no descriptor to be had.
  Session(RequestQueue& queue, Login login, std::unique_ptr<Connection> connection, Hooks hooks = {});
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Begins its thread. Throws Error(failed) where there is none to be had.
  void start();
  /// Requests in flight at most, from now on; 0 for a session that rests. From any thread.
  void limit(unsigned depth);
  /// True if the thread was waiting with room for a request; it is woken then. From any thread.
  bool wake();
  /// Ends the thread; the queue has been stopped before. Until all sessions of a queue have been stopped none
  /// may be destroyed: they wake each other.
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
  void answered(Requests::iterator place, const Answer& answer);
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
  unsigned depth_;  ///< adapted: halved when the target is overloaded or slow, grown again by successes
  unsigned successes_ = 0;
  Clock::time_point halved_;
  Fd wake_fd_;
  std::atomic<bool> waiting_{false};
  std::unique_ptr<Connection> connection_;
  bool unit_attention_seen_;       ///< a command was answered since the login, if only by inspect()
  bool made_progress_ = false;     ///< a command was answered since the login
  Clock::time_point last_answer_;  ///< to a command, or when there began to be one to answer
  Requests in_flight_;
  /// What must not go on yet, because libiscsi may be about to send from its buffer: requests of a lost
  /// connection, until that has been destroyed; and writes that failed, or were put off, while something was
  /// still to be sent, perhaps the rest of their data, until it has been. Meanwhile nothing new is sent.
  std::list<std::pair<std::unique_ptr<Request>, Answer>> deferred_;
  std::string state_;
  std::string trouble_;  ///< how the target last broke the protocol
  std::chrono::milliseconds backoff_{0};
  std::thread thread_;
};

}  // namespace san::iscsi
