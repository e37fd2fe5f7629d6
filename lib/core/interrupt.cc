// SPDX-License-Identifier: Apache-2.0
#include "core/interrupt.h"

#include <atomic>

#include "core/error.h"

namespace san {
namespace {

std::atomic<int> pending{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int) {
  pending = 1;
}

}  // namespace

Interrupt::Interrupt() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  // SA_RESETHAND: whoever presses Ctrl-C twice means it.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &action, &old_[i]);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Interrupt::~Interrupt() {
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &old_[i], nullptr);
  pending = 0;
}

bool Interrupt::requested() noexcept {
  return pending != 0;
}

void Interrupt::check(const char* object) {
  if (requested()) throw Error(Exit::interrupted, object, "interrupted");
}

}  // namespace san
