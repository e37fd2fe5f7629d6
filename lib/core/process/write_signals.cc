// SPDX-License-Identifier: Apache-2.0
#include "core/process/write_signals.h"

#include <cerrno>
#include <ctime>

namespace san {

WriteSignalsBlocked::WriteSignalsBlocked() noexcept {
  sigpending(&waiting_);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

WriteSignalsBlocked::~WriteSignalsBlocked() {
  sigset_t pending;
  sigpending(&pending);
  for (const int signal : kSignals) {
    if (sigismember(&pending, signal) != 1 || sigismember(&waiting_, signal) == 1) continue;
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    const timespec now = {};
    while (sigtimedwait(&one, nullptr, &now) < 0 && errno == EINTR) continue;
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace san
