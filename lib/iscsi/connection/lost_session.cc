// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/lost_session.h"

#include <fmt/core.h>

#include <thread>

#include "core/process/interrupt.h"
#include "core/process/log.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTries = 5;
/// Pause after the first attempt; twice as long after the second, and so on.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

void throw_unanswered(const std::string& name, const Answer& answer, const char* command) {
  if (answer.answered()) return;
  const bool broken = !answer.fault.empty();
  const std::string cause = broken ? answer.fault : fmt::format("{} to {}", describe(answer), command);
  const char* const hint = "check the target and the network, then start again";
  if (answer.status == CommandStatus::lost) throw ConnectionLost(name, cause, hint, broken);
  throw Error(Exit::failed, name, cause, hint);
}

void over_lost_sessions(const std::string& name, std::optional<Clock::time_point> until,
                        const std::function<void()>& work) {
  for (int tries = 1;; ++tries) {
    const auto pause = kPause * tries;
    try {
      return work();
    } catch (const ConnectionLost& lost) {
      if (tries == kTries || (until && Clock::now() + pause >= *until)) throw;
      log::message(lost.broken() ? log::Level::warning : log::Level::info,
                   fmt::format("{}: {}; logging in again", name, lost.cause()));
    }
    Interrupt::check("");
    std::this_thread::sleep_for(pause);
  }
}

Answer ask_over_lost_sessions(const std::string& name, const std::string& what,
                              std::optional<Clock::time_point> until, const std::function<Answer()>& ask) {
  Answer answer;
  try {
    over_lost_sessions(name, until, [&] {
      answer = ask();
      if (answer.status == CommandStatus::lost)
        throw ConnectionLost(name, fmt::format("{}: {}", what, describe(answer)), {}, !answer.fault.empty());
    });
  } catch (const ConnectionLost&) {  // NOLINT(bugprone-empty-catch): the answer tells
  }
  return answer;
}

}  // namespace san::iscsi
