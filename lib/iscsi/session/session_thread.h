// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thread>

#include "iscsi/session/session.h"

namespace san::iscsi {

/// The thread that drives one session until its queue is stopped.
class SessionThread {
 public:
  /// Starts the thread. `session` must outlive it. Throws Error(failed) if none can be started.
  explicit SessionThread(Session& session);
  /// Ends the thread; the queue must have been stopped before. No session of a queue may be destroyed before
  /// the threads of all have ended: they wake each other.
  ~SessionThread();
  SessionThread(const SessionThread&) = delete;
  SessionThread& operator=(const SessionThread&) = delete;

 private:
  Session& session_;
  std::thread thread_;
};

}  // namespace san::iscsi
