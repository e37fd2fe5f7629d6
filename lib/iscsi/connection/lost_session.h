// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/error.h"
#include "iscsi/connection/retry.h"

namespace san::iscsi {

/// The session was lost before a command was answered: another may do better.
class ConnectionLost final : public Error {
 public:
  /// `broken`: because the target broke the protocol, not for an event, a Reject or the network.
  ConnectionLost(std::string object, std::string cause, std::string hint, bool broken = false)
      : Error(Exit::failed, std::move(object), std::move(cause), std::move(hint)), broken_(broken) {}

  bool broken() const { return broken_; }

 private:
  bool broken_;
};

/// Does `work`, and does it anew where it throws ConnectionLost, after a pause that grows: five times in all,
/// and not when `until` has come by the end of the pause. Then the loss is passed on. `work` logs in where it
/// has no session, and sends nothing that must not be carried out twice. `name` is for messages. Throws what
/// `work` throws, and Error(interrupted) after a signal.
void over_lost_sessions(const std::string& name, std::optional<std::chrono::steady_clock::time_point> until,
                        const std::function<void()>& work);

/// The same for one command, `what`, whose answer `ask` gives: asked anew where that is Status::lost. The
/// last answer, which is that the session was lost where all were.
Answer ask_over_lost_sessions(const std::string& name, const std::string& what,
                              std::optional<std::chrono::steady_clock::time_point> until,
                              const std::function<Answer()>& ask);

}  // namespace san::iscsi
