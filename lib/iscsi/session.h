// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <thread>

#include "iscsi/connection.h"
#include "iscsi/request_queue.h"

namespace san::iscsi {

/// A thread that keeps one session logged in and sends requests of the queue through it. After any fault it
/// throws the connection away, gives its requests back to the queue, and logs in again, for as long as the
/// queue has patience.
class Session {
 public:
  /// `depth`: requests in flight at most. `connection` may be null: then the thread logs in by itself.
  Session(RequestQueue& queue, Login login, unsigned depth, std::unique_ptr<Connection> connection);
  /// Ends the thread. The queue has been stopped before.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// True if the thread was waiting with room for a request; it is woken then.
  bool wake();

 private:
  using Clock = RequestQueue::Clock;
  using Requests = std::list<std::unique_ptr<Request>>;

  void run();
  void serve();
  bool connect();
  void fill();
  void send(std::unique_ptr<Request> request);
  void answered(Requests::iterator place, const Answer& answer);
  void drop(const std::string& why);
  bool answering();

  RequestQueue& queue_;
  Login login_;
  const unsigned max_depth_;
  unsigned depth_;  ///< adapted: halved when the target is overloaded, grown again by successes
  unsigned successes_ = 0;
  int wake_fd_;
  std::atomic<bool> waiting_{false};
  std::unique_ptr<Connection> connection_;
  Requests in_flight_;
  /// Writes that failed for good. libiscsi may still be about to send from their buffers, so they end when
  /// the connection has been destroyed.
  std::list<std::pair<std::unique_ptr<Request>, Answer>> condemned_;
  bool dropping_ = false;
  std::string state_ = "no answer";
  std::chrono::milliseconds backoff_{0};
  std::thread thread_;
};

}  // namespace san::iscsi
