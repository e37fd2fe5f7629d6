// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace san {

/// Turns SIGINT, SIGTERM and SIGHUP into a flag while it lives, and ignores SIGPIPE for the rest of the
/// process: libiscsi 1.19 sends payloads by writev(), which has no MSG_NOSIGNAL, so a dropped connection
/// would kill the process; SIGXFSZ as well, so that a file limit (ulimit -f) is an error of the write. A
/// second one of the three ends the process at once, with exit code 130: whoever presses Ctrl-C twice means
/// it. One instance a process.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// Whether a signal came. Callable from any thread, without an instance too (then false).
  static bool requested() noexcept;

  /// Throws Error(interrupted) about `object` if a signal came.
  static void check(const char* object);

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction old_[3] = {};
};

}  // namespace san
