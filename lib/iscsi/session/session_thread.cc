// SPDX-License-Identifier: Apache-2.0
#include "iscsi/session/session_thread.h"

#include <pthread.h>

#include <csignal>
#include <system_error>

#include "core/error.h"
#include "core/process/operation.h"

namespace san::iscsi {
namespace {

/// libiscsi 1.19 sends payloads by writev(), which has no MSG_NOSIGNAL. The signal goes to the thread that
/// wrote, so a thread of our own can block it, whatever the program does with SIGPIPE.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

SessionThread::SessionThread(Session& session) : session_(session) {
  try {
    thread_ = start_thread([this] {
      block_sigpipe();
      while (session_.step()) {
      }
      session_.end();
    });
  } catch (const std::system_error& error) {
    throw system_error(session_.name(), "start a thread", error.code().value());
  }
}

SessionThread::~SessionThread() {
  session_.interrupt_wait();
  thread_.join();
}

}  // namespace san::iscsi
