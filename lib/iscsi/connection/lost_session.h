// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/error.h"
#include "iscsi/connection/retry.h"

namespace san::iscsi {

/// The error of a session that was lost before a command was answered. A new session may succeed.
class ConnectionLost final : public Error {
 public:
  /// `broken`: the reason is a protocol violation of the target, not an event, a Reject or the network.
  ConnectionLost(std::string object, std::string cause, std::string hint, bool broken = false)
      : Error(Exit::failed, std::move(object), std::move(cause), std::move(hint)), broken_(broken) {}

  bool broken() const { return broken_; }

 private:
  bool broken_;
};

/// Throws the error of a command that was not answered: ConnectionLost if the session was lost, Error(failed)
/// if the target was silent. Does nothing if there is an answer. `command` is for the message.
void throw_unanswered(const std::string& name, const Answer& answer, const char* command);

/// Does `work`, and repeats it if it throws ConnectionLost, after a pause that grows: at most five attempts,
/// and none that would begin after `until`. Then the exception is passed on. `work` logs in if it has no
/// session, and must send only commands that may be carried out twice. `name` is for messages. Throws the
/// exceptions of `work`, and Error(interrupted) after a signal.
void over_lost_sessions(const std::string& name, std::optional<std::chrono::steady_clock::time_point> until,
                        const std::function<void()>& work);

/// Repeats `ask` for one command, `what`, by the rules of over_lost_sessions() as long as its answer is
/// CommandStatus::lost. Returns the last answer, which is CommandStatus::lost if every attempt was.
Answer ask_over_lost_sessions(const std::string& name, const std::string& what,
                              std::optional<std::chrono::steady_clock::time_point> until,
                              const std::function<Answer()>& ask);

}  // namespace san::iscsi
