// SPDX-License-Identifier: Apache-2.0
#include "system/mount/freeze_guard.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace san::freeze_guard {
namespace {

enum class State : char { thawed, perhaps, frozen };

std::int64_t now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1000000;
}

/// Protects the process until its work is done: from keys typed for the parent, from the end of its terminal,
/// from lack of memory.
void survive() {
  setsid();
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  mlockall(MCL_CURRENT);
  if (const int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); fd >= 0) {
    static_cast<void>(write(fd, "-1000", 5) == 5);
    close(fd);
  }
}

/// Closes what the guard has from its parent besides what it needs, at most `count` points and the socket:
/// held for as long as the guard lives, a locked image of another clone would stay in use, and who waits for
/// the end of a pipe or of another guard's parent would wait on.
void close_others(int socket, const int* points, std::size_t count) {
  for (int from = STDERR_FILENO + 1; from >= 0;) {
    int kept = socket >= from ? socket : -1;
    for (std::size_t i = 0; i < count; ++i)
      if (points[i] >= from && (kept < 0 || points[i] < kept)) kept = points[i];
    if (kept != from)
      close_range(static_cast<unsigned>(from), kept < 0 ? ~0U : static_cast<unsigned>(kept) - 1, 0);
    from = kept < 0 ? -1 : kept + 1;
  }
}

class Guard {
 public:
  Guard(int socket, const int* points, std::size_t count) : socket_(socket), points_(points), count_(count) {}

  void run(std::int64_t deadline) {
    while (true) {
      const std::int64_t left = deadline - now();
      pollfd one = {socket_, POLLIN, 0};
      const int ready = poll(&one, 1, expired_ ? -1 : static_cast<int>(left > 0 ? left : 0));
      if (ready < 0) continue;
      if (ready == 0) {
        expired_ = true;
        say(kExpired, 0);
        thaw_all();
        continue;
      }
      Order order = {};
      if (recv(socket_, &order, sizeof(order), 0) != sizeof(order) || order.what == kThaw) break;
      take(order);
    }
    thaw_all();
    say(kResult, flags_);
  }

 private:
  void take(const Order& order) {
    if (order.index >= count_) return;
    State& state = states_[order.index];
    state = order.what == kBegin ? State::perhaps : order.what == kFrozen ? State::frozen : State::thawed;
    if (expired_ && state == State::frozen) thaw_all();
    say(expired_ ? kExpired : kDone, 0);
  }

  void say(char what, std::uint8_t value) const {
    const GuardResult message = {what, value};
    static_cast<void>(send(socket_, &message, sizeof(message), MSG_NOSIGNAL) == sizeof(message));
  }

  /// Thaws in reverse order, since a file system frozen later may be beneath earlier ones. A file system that
  /// is still being frozen can be thawed only after that has finished, which may wait for one of the others,
  /// so these come last.
  void thaw_all() {
    for (const State which : {State::frozen, State::perhaps})
      for (std::size_t i = count_; i-- > 0;)
        if (states_[i] == which) thaw(i);
  }

  void thaw(std::size_t index) {
    const bool sure = states_[index] == State::frozen;
    int error = 0;
    for (int tries = 0; tries < 100; ++tries) {
      error = ioctl(points_[index], FITHAW, 0) == 0 ? 0 : errno;
      if (error == 0 || error == EINVAL) break;
      const timespec pause = {0, 100'000'000};
      nanosleep(&pause, nullptr);
    }
    if (error == EINVAL && sure) flags_ |= kForeign;
    if (error != 0 && error != EINVAL) flags_ |= kStuck;
    if (error == 0 || sure) states_[index] = State::thawed;
  }

  const int socket_;
  const int* const points_;
  const std::size_t count_;
  std::array<State, kMaxMounts> states_ = {};
  std::uint8_t flags_ = 0;
  bool expired_ = false;
};

}  // namespace

void run(int socket, const int* points, std::size_t count, std::int64_t milliseconds) {
  close_others(socket, points, count);
  survive();
  Guard(socket, points, count).run(now() + milliseconds);
  _exit(0);
}

}  // namespace san::freeze_guard
