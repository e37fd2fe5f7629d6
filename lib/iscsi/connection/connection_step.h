// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "iscsi/connection/wire_check.h"
#include "iscsi/login/login_keys.h"

struct iscsi_context;

namespace san::iscsi {

/// Where the callbacks of connecting, logging in and the like leave their result.
struct Step {
  bool finished = false;
  int status = -1;    ///< as libiscsi has it
  std::string error;  ///< taken at once: libiscsi 1.19 soon covers it with what came of it

  static void on_done(iscsi_context* context, int status, void*, void* step);
};

/// iscsi_service(), watched over: `wire` sees what it reads and sends, and it must come back. `name` is for
/// messages. False: the connection is lost.
bool service(iscsi_context* context, WireCheck& wire, const std::string& name, int events);

/// Serves the context until `step` has finished. False: it did not, within the time or because nobody wants
/// it any more. `keys`, where given, hears what the target answers to the login.
bool wait_for(iscsi_context* context, WireCheck& wire, const std::string& name, const Step& step,
              std::chrono::steady_clock::time_point deadline, const std::function<bool()>& keep_going,
              LoginKeys* keys = nullptr);

}  // namespace san::iscsi
