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

/// Where the shell would find `program`, in PATH or where Debian has those of root; empty where nowhere.
std::string find_program(const std::string& program);

/// Another program that runs for as long as this object lives and no longer, whatever becomes of this
/// process: the kernel ends it when the thread that started it ends. A Ctrl-C on the terminal does not reach
/// it.
class ChildProcess {
 public:
  /// Starts `command`, whose first word is looked for in PATH, with stdin at /dev/null, stdout kept for
  /// output() and stderr for errors(), and this environment without LIBISCSI_CHAP_*: secrets are not handed
  /// on. `listening`, if there is one, is passed on as systemd does it (sd_listen_fds(3)): as descriptor 3.
  /// Throws Error(failed); a program that is not there is said to be in the Debian package `package`.
  ChildProcess(const std::vector<std::string>& command, const std::string& package,
               const Fd* listening = nullptr);
  /// Gives it `patience` to end by itself, asks it to (SIGTERM), and in the end kills it.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Its exit status as waitpid(2) has it, once it has ended; nothing if that is not within `patience`.
  std::optional<int> wait(std::chrono::milliseconds timeout);
  /// Asks it to end now (SIGTERM), and waits for that no longer than `patience`; then kills it.
  void end(std::chrono::milliseconds timeout);
  /// What it has written to stderr, at most the last 4 KiB.
  std::string errors() const;
  /// What it has written to stdout, at most the first 16 MiB.
  std::string output() const;

 private:
  pid_t pid_ = -1;
  Fd errors_, output_;
  std::mutex mutex_;
  std::optional<int> status_;
};

}  // namespace san
