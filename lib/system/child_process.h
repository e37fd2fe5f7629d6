// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "system/fd.h"

namespace san {

/// Searches PATH, /usr/sbin and /sbin for `program` and returns its path; empty if it is not found.
std::string find_program(const std::string& program);

/// Another program that runs no longer than this object lives, even if this process is killed: the kernel
/// ends it when the thread that started it ends. A Ctrl-C on the terminal does not reach it. wait() may be
/// called from any thread.
class ChildProcess {
 public:
  /// Starts `command`, whose first element is searched for by find_program(), with stdin at /dev/null, stdout
  /// kept for output() and stderr for errors(). The environment is that of this process without
  /// LIBISCSI_CHAP_*, so that secrets are not passed on, and without LISTEN_*. `listening`, if not null, is
  /// passed as descriptor 3 in the way of systemd (sd_listen_fds(3)). Throws Error(failed); if the program is
  /// not installed, the error names the Debian package `package`.
  ChildProcess(const std::vector<std::string>& command, const std::string& package,
               const Fd* listening = nullptr);
  /// Waits 10 s for it to end, then sends SIGTERM, and after another 10 s SIGKILL.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits at most `timeout` for it to end. Returns its status as waitpid(2) does; 0 if another part of this
  /// process has waited for it; nothing after the timeout.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  /// Sends SIGTERM and waits at most `timeout`, then sends SIGKILL and waits at most `timeout` again.
  void end(std::chrono::milliseconds timeout);
  /// Returns what it has written to stderr: at most the last 4 KiB, without blanks at the end.
  std::string errors() const;
  /// Returns what it has written to stdout: at most the first 16 MiB.
  std::string output() const;

 private:
  pid_t pid_ = -1;
  Fd errors_, output_;
  std::mutex mutex_;
  std::optional<int> status_;
};

}  // namespace san
