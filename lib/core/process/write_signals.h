// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace san {

/// Blocks SIGPIPE and SIGXFSZ in this thread, and in those that it starts, for as long as it lives; nothing
/// of the process changes. Both go to the thread whose write failed (signal(7)), so that the write fails with
/// EPIPE or EFBIG and nothing else happens: libiscsi 1.19 sends payloads by writev(), which has no
/// MSG_NOSIGNAL. One that has come meanwhile is taken away at the end; one that was waiting before stays.
class WriteSignalsBlocked {
 public:
  WriteSignalsBlocked() noexcept;
  ~WriteSignalsBlocked();
  WriteSignalsBlocked(const WriteSignalsBlocked&) = delete;
  WriteSignalsBlocked& operator=(const WriteSignalsBlocked&) = delete;

 private:
  static constexpr int kSignals[] = {SIGPIPE, SIGXFSZ};
  sigset_t before_ = {};   ///< mask of the thread
  sigset_t waiting_ = {};  ///< signals that were pending before
};

}  // namespace san
