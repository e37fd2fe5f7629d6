// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "system/child_process.h"
#include "system/fd.h"

namespace san::preflight {

/// A connection to the monitor of a QEMU process: the QEMU Machine Protocol (QEMU,
/// docs/interop/qmp-spec.txt).
class Qmp {
 public:
  /// Connects to the Unix socket `path` of `process`, which may not exist yet. Throws Error(failed) about
  /// `name`, with the process's stderr, if the process ends or accepts no connection within 30 s.
  Qmp(const std::string& path, ChildProcess& process, const std::string& name);
  ~Qmp();
  Qmp(const Qmp&) = delete;
  Qmp& operator=(const Qmp&) = delete;

  /// Executes a command and returns its result; null if it fails or there is no reply within 10 s.
  nlohmann::json execute(const std::string& command);
  /// Returns the events received since the last call.
  std::vector<nlohmann::json> events();

 private:
  bool connect(const std::string& path);
  /// Returns messages received within `timeout`, at least one if any arrives.
  std::vector<nlohmann::json> receive(std::chrono::milliseconds timeout);
  nlohmann::json reply(std::chrono::milliseconds timeout);

  Fd socket_;
  std::string unread_;
  std::vector<nlohmann::json> events_;
};

}  // namespace san::preflight
