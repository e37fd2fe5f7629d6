// SPDX-License-Identifier: Apache-2.0
#include "core/process/interrupt.h"

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <ctime>

#include "core/error.h"
#include "core/process/operation.h"

namespace san {
namespace {

/// Time of the first signal, in milliseconds of the monotonic clock plus 1; 0 before it.
std::atomic<std::int64_t> pending{0};
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

/// Signals within this many milliseconds of the first are the same request: a terminal and timeout(1) may
/// both pass it on.
constexpr std::int64_t kSame = 100;

void on_signal(int) {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t time = std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000 + 1;
  std::int64_t first = 0;
  if (pending.compare_exchange_strong(first, time) || time - first < kSame) return;
  _exit(static_cast<int>(Exit::interrupted));
}

}  // namespace

Interrupt::Interrupt() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &action, &old_[i]);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Interrupt::~Interrupt() {
  for (int i = 0; i < 3; ++i) sigaction(kSignals[i], &old_[i], nullptr);
  pending = 0;
}

bool Interrupt::requested() noexcept {
  if (pending != 0) return true;
  const auto& operation = Operation::current();
  return operation != nullptr && operation->stop_requested();
}

void Interrupt::check(const char* object) {
  if (requested()) throw Error(Exit::interrupted, object, "interrupted");
}

}  // namespace san
