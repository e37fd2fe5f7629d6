// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "iscsi/scsi/sense.h"

namespace san::iscsi {

/// Result of a command: SCSI status codes (SAM-5, 5.3.1), and values for an answer that did not come.
enum class CommandStatus {
  good,
  check_condition,
  busy,
  reservation_conflict,
  task_set_full,
  aborted,
  lost,    ///< the connection was lost before the answer
  silent,  ///< no answer within the timeout of CommandChannel::execute()
  other,   ///< a status that is not valid here, or a damaged answer
};

/// The answer to one command.
struct Answer {
  CommandStatus status = CommandStatus::lost;
  Sense sense;                ///< for check_condition
  std::uint32_t missing = 0;  ///< bytes that were not transferred (residual underflow)
  std::uint32_t excess = 0;   ///< bytes of the command beyond the expected length (residual overflow)
  std::string fault = {};     ///< for `lost`: the target's protocol violation, if that is the reason
  bool ok() const { return status == CommandStatus::good; }
  /// Returns true if the target answered, if only by a refusal.
  bool answered() const { return status != CommandStatus::lost && status != CommandStatus::silent; }
};

/// Reaction to an answer.
enum class Action {
  done,   ///< the command succeeded
  retry,  ///< send it again, after retry_delay()
  fail,   ///< report the error to the user
};

/// Decides by the retry table. Every retry is bounded by time (Timing::refusal), not by a count: an array
/// that fails over is busy for as long as it takes, and answers in milliseconds.
///  * UNIT ATTENTION reports an earlier event: the command was not executed and is sent again.
///  * BUSY, TASK SET FULL, TASK ABORTED, ABORTED COMMAND, NOT READY in the process of becoming ready (04/01,
///  04/0A), and a lost connection: sent again, later.
///  * Recovered errors are successes unless deferred: then the command itself is still to be carried out.
Action judge(const Answer& answer);

/// Returns true if the target asks for fewer commands at a time (BUSY, TASK SET FULL).
bool overloaded(const Answer& answer);

/// Returns the pause before attempt `attempt` (1 is the first repetition): 0 for the first UNIT ATTENTION,
/// else 8 ms, doubled up to 1 s.
std::chrono::milliseconds retry_delay(const Answer& answer, unsigned attempt);

/// Returns a clause with the reason of the failure: "the LUN is write protected (sense 7/27/00)".
std::string describe(const Answer& answer);

}  // namespace san::iscsi
