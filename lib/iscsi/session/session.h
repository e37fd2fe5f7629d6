// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "iscsi/connection/command_channel.h"
#include "iscsi/session/request_queue.h"
#include "system/fd.h"

namespace san::iscsi {

/// Keeps one session logged in and sends requests of the queue through it. After any fault it destroys the
/// connection, gives its requests back to the queue, and logs in again, until the queue's timeout expires. It
/// is driven from outside, by SessionThread.
class Session {
 public:
  /// Callbacks from within step() and end(); each may be empty.
  struct Hooks {
    std::function<void()> lost;  ///< the connection was lost, or could not be made
    std::function<void()> tick;  ///< several times a second
    /// Called after a new login, before any request. An Error that it throws ends the connection.
    std::function<void(CommandChannel&)> joined;
    /// Called before the logout, after all requests.
    std::function<void(CommandChannel&)> leaving;
  };

  /// `name` is that of the portal, for messages. `connection` may be null: then step() logs in when there is
  /// something to do. Time goes by the queue's clock. Throws Error(failed) if no file descriptor is
  /// available.
  Session(RequestQueue& queue, std::string name, LogIn log_in, std::unique_ptr<CommandChannel> connection,
          Hooks hooks = {});
  /// Destroys the connection; its requests go back to the queue.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Sends what is due and waits for events, once, or tries to log in, once. Returns false if the queue has
  /// been stopped; then end() is to be called.
  bool step();
  /// Ends the session: by a logout if nothing is in flight.
  void end();

  /// Sets the maximum of requests in flight; 0 disables the session. Thread-safe.
  void limit(unsigned depth);
  /// Ends the wait of step() and returns true if it was waiting with capacity for a request. Thread-safe.
  bool wake();
  /// Ends the wait of step(), whatever it waits for. Thread-safe.
  void interrupt_wait();
  const std::string& name() const { return name_; }

 private:
  using TimePoint = SessionClock::TimePoint;
  using Requests = std::list<std::unique_ptr<Request>>;

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
  const SessionClock& clock_;
  const Timing timing_;
  const std::string name_;
  const LogIn log_in_;
  const Hooks hooks_;
  std::atomic<unsigned> limit_{0};
  unsigned depth_;  ///< adaptive: halved if the target is overloaded or slow, increased again by successes
  unsigned successes_ = 0;
  TimePoint halved_;
  Fd wake_fd_;
  std::atomic<bool> waiting_{false};
  std::unique_ptr<CommandChannel> connection_;
  /// True after the first answer since the login, if only in query_lun() or Hooks::joined: from then on a
  /// UNIT ATTENTION of the code 29h reports a reset, not the new session.
  bool unit_attention_seen_;
  bool made_progress_ = false;  ///< a command of the queue was answered since the login
  TimePoint last_answer_;       ///< answer to a command, or submission of the first one in flight
  Requests in_flight_;
  /// Requests that must not be completed or sent again yet, because libiscsi may still send from their
  /// buffers: requests of a lost connection, until that has been destroyed; and writes that failed, or were
  /// deferred, while something (perhaps the rest of their data) was still to be sent, until it has been.
  /// Meanwhile nothing new is sent.
  std::list<std::pair<std::unique_ptr<Request>, Answer>> deferred_;
  std::string state_;
  std::string trouble_;  ///< the target's last protocol violation
  std::chrono::milliseconds backoff_{0};
};

}  // namespace san::iscsi
