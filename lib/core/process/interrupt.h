// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace san {

/// For programs that are tools: a program of somebody else stops its Operation. Turns SIGINT, SIGTERM and
/// SIGHUP into a flag while an instance lives. A second signal, 100 ms after the first or later, ends the
/// process at once with exit code 130. One instance a process.
///
/// SIGPIPE and SIGXFSZ are ignored for the rest of the process: libiscsi 1.19 sends payloads by writev(),
/// which has no MSG_NOSIGNAL, so a dropped connection would kill the process; and a file size limit (ulimit
/// -f) becomes an error of the write.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  /// True if a signal has arrived, or the stop of this thread's Operation is requested. From any thread;
  /// false without an instance and without an Operation.
  static bool requested() noexcept;

  /// Throws Error(interrupted) about `object` if requested().
  static void check(const char* object);

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction old_[3] = {};
};

}  // namespace san
