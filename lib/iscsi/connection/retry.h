// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "iscsi/scsi/sense.h"

namespace san::iscsi {

/// SCSI status codes (SAM-5, 5.3.1) and what libiscsi puts in their place where no answer came.
enum class Status {
  good,
  check_condition,
  busy,
  reservation_conflict,
  task_set_full,
  aborted,
  lost,    ///< the connection went away before the answer
  silent,  ///< no answer within the time that Connection::execute() was given
  other,   ///< a status that has no business here, or a damaged answer
};

/// How one command ended.
struct Answer {
  Status status = Status::lost;
  Sense sense;                ///< for check_condition
  std::uint32_t missing = 0;  ///< bytes of a transfer that did not take place (residual underflow)
  std::uint32_t excess = 0;   ///< bytes that the command was about beyond those expected (residual overflow)
  std::string fault = {};     ///< for lost: how the target broke the protocol, if that is why
  bool ok() const { return status == Status::good; }
};

/// What to do about an answer.
enum class Action {
  done,   ///< the command did its work
  retry,  ///< send it again, after retry_delay()
  fail,   ///< tell the user
};

/// The retry table. Every retry is bounded by time (Timing::refusal), not by a count: an array that fails
/// over is busy for as long as it takes, and answers in milliseconds.
///  * UNIT ATTENTION tells of something that happened before: the command was not executed; send it again.
///  * BUSY, TASK SET FULL, NOT READY in the process of becoming ready (04/01, 04/0A), ABORTED COMMAND: again,
///  later.
///  * Recovered errors are successes, unless deferred: then the command itself is still to be carried out.
Action judge(const Answer& answer);

/// Whether the target asks for less at a time.
bool overloaded(const Answer& answer);

/// Pause before attempt `attempt` (1 is the first repetition): at once for the first UNIT ATTENTION, else 8
/// ms growing by a factor of 2 up to 1 s.
std::chrono::milliseconds retry_delay(const Answer& answer, unsigned attempt);

/// A clause that says why a command failed: "the LUN is write protected (sense 7/27/00)".
std::string describe(const Answer& answer);

}  // namespace san::iscsi
