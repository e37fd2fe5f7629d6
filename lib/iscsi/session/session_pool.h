// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "iscsi/connection/command_channel.h"
#include "iscsi/login/login.h"
#include "iscsi/session/request_queue.h"
#include "iscsi/session/reserver.h"
#include "iscsi/session/session.h"
#include "iscsi/session/session_thread.h"
#include "iscsi/session/session_tuner.h"

namespace san::iscsi {

/// The sessions of one LUN, side by side: as many as the user asked for, or as many as prove useful.
class SessionPool {
 public:
  /// Default number of requests in flight: over all sessions, or per session if the user gave their number.
  static constexpr unsigned kInFlight = 16;

  /// `sessions` and `depth` (requests in flight per session) as in LunOptions; 0 selects the best by
  /// measurement.
  SessionPool(RequestQueue& queue, Reserver& reserver, unsigned sessions, unsigned depth);
  /// Stops the queue, then ends the sessions.
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  /// Starts the sessions, with `first` as the connection of the first. Throws Error(failed) if no thread can
  /// be started.
  void start(const Login& login, std::unique_ptr<CommandChannel> first);

  /// Returns the number of requests in flight that may be useful.
  unsigned depth() const;

 private:
  void wake();
  void lost();
  void tune();
  void use(unsigned sessions);

  RequestQueue& queue_;
  Reserver& reserver_;
  const unsigned sessions_, depth_;
  std::vector<std::unique_ptr<Session>> all_;  ///< complete before the first thread starts
  std::vector<std::unique_ptr<SessionThread>> threads_;
  std::mutex mutex_;
  SessionTuner tuner_;
  unsigned used_ = 0;
  std::atomic<bool> tuning_{false};
};

}  // namespace san::iscsi
