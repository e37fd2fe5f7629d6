// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "system/child_process.h"
#include "system/fd.h"

namespace san::preflight {

/// A connection to a QEMU's monitor: the QEMU Machine Protocol (QEMU, docs/interop/qmp-spec.txt).
class Qmp {
 public:
  /// Connects to the Unix socket `path` of `process`, which may not be there yet. Throws Error(failed) about
  /// `process`, with what it says, where it ends or nothing comes within half a minute.
  Qmp(const std::string& path, ChildProcess& process, const std::string& name);

  /// What the command returns; null where it fails or nothing comes within 10 s.
  nlohmann::json execute(const std::string& command,
                         const nlohmann::json& arguments = nlohmann::json::object());
  /// The events that have come since the last call.
  std::vector<nlohmann::json> events();

 private:
  bool connect(const std::string& path);
  /// Messages that come within `patience`, at least one if any does.
  std::vector<nlohmann::json> receive(std::chrono::milliseconds timeout);
  nlohmann::json reply(std::chrono::milliseconds timeout);

  Fd socket_;
  std::string unread_;
  std::vector<nlohmann::json> events_;
};

}  // namespace san::preflight
