// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "iscsi/connection/connection.h"
#include "iscsi/session/request_queue.h"
#include "iscsi/session/reserver.h"
#include "iscsi/session/session.h"
#include "iscsi/session/session_tuner.h"

namespace san::iscsi {

/// The sessions of one LUN, side by side: as many as the user said, or as many as turn out to be of use.
class SessionPool {
 public:
  /// Requests in flight where the user did not say: over all sessions, and a session where he said how many.
  static constexpr unsigned kInFlight = 16;

  /// `sessions` and `depth` (requests in flight a session) as in LunOptions, 0 for what turns out to be best.
  SessionPool(RequestQueue& queue, Reserver& reserver, unsigned sessions, unsigned depth);
  /// Stops the queue, then ends the sessions.
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  /// Begins, with `first` as the first session's connection. Throws Error(failed) where there is no thread to
  /// be had.
  void start(const Login& login, std::unique_ptr<Connection> first);

  /// Requests in flight that may be of use.
  unsigned depth() const;

 private:
  void wake();
  void lost();
  void tune();
  void use(unsigned sessions);

  RequestQueue& queue_;
  Reserver& reserver_;
  const unsigned sessions_, depth_;
  std::vector<std::unique_ptr<Session>> all_;  ///< complete before the first begins
  std::mutex mutex_;
  SessionTuner tuner_;
  unsigned used_ = 0;
  std::atomic<bool> tuning_{false};
};

}  // namespace san::iscsi
