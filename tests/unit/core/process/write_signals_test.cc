// SPDX-License-Identifier: Apache-2.0
#include "core/process/write_signals.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

using namespace san;

namespace {

volatile std::sig_atomic_t arrived = 0;

void on_signal(int) {
  arrived = arrived + 1;
}

/// Writes into a pipe that nobody reads; returns errno.
int write_to_nobody() {
  int ends[2] = {};
  REQUIRE(pipe(ends) == 0);
  close(ends[0]);
  errno = 0;
  const ssize_t written = write(ends[1], "x", 1);
  const int error = errno;
  close(ends[1]);
  CHECK(written == -1);
  return error;
}

}  // namespace

TEST_CASE("a write to nobody fails, and nothing else happens, in this thread and those that it starts") {
  struct sigaction action = {}, old = {};
  action.sa_handler = on_signal;
  sigaction(SIGPIPE, &action, &old);
  arrived = 0;
  sigset_t before, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    const WriteSignalsBlocked blocked;
    CHECK(write_to_nobody() == EPIPE);
    CHECK(write_to_nobody() == EPIPE);
  }
  CHECK(arrived == 0);
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGPIPE, SIGXFSZ, SIGINT})
    CHECK(sigismember(&before, signal) == sigismember(&after, signal));
  struct sigaction now = {};
  sigaction(SIGPIPE, nullptr, &now);
  CHECK((now.sa_handler == on_signal));  // the program's own, as it was
  CHECK(write_to_nobody() == EPIPE);
  CHECK(arrived == 1);
  sigaction(SIGPIPE, &old, nullptr);
}

TEST_CASE("a signal that was waiting before stays") {
  struct sigaction action = {}, old = {};
  action.sa_handler = on_signal;
  sigaction(SIGPIPE, &action, &old);
  arrived = 0;
  sigset_t pipe_signal, mask;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &mask);
  CHECK(write_to_nobody() == EPIPE);
  { const WriteSignalsBlocked blocked; }
  CHECK(arrived == 0);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  CHECK(arrived == 1);
  sigaction(SIGPIPE, &old, nullptr);
}
