// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "iscsi/connection/wire_check.h"
#include "iscsi/login/login_keys.h"

struct iscsi_context;

namespace san::iscsi {

/// Result of one asynchronous step (connect, login, logout …), set by its callback.
struct Step {
  bool finished = false;
  int status = -1;  ///< status as libiscsi gives it
  std::string
      error;  ///< copied in the callback: libiscsi 1.19 soon overwrites it with a consequence of the error

  static void on_done(iscsi_context* context, int status, void*, void* step);
};

/// Calls iscsi_service() under supervision: `wire` checks the bytes that it reads and sends, and ServiceWatch
/// its duration. `name` is for messages. Returns false if the connection is lost.
bool service(iscsi_context* context, WireCheck& wire, const std::string& name, int events);

/// Serves the context until `step` has finished. Returns false if it has not finished by `deadline`, if
/// `keep_going` returned false, or if the connection was lost. `keys`, if not null, collects the target's
/// answers to the login.
bool wait_for(iscsi_context* context, WireCheck& wire, const std::string& name, const Step& step,
              std::chrono::steady_clock::time_point deadline, const std::function<bool()>& keep_going,
              LoginKeys* keys = nullptr);

}  // namespace san::iscsi
