// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/retry.h"

#include <algorithm>

namespace san::iscsi {

Action judge(const Answer& answer) {
  switch (answer.status) {
    case Status::good:
      return Action::done;
    case Status::busy:
    case Status::task_set_full:
    case Status::aborted:
    case Status::lost:
      return Action::retry;
    case Status::reservation_conflict:
    case Status::silent:
    case Status::other:
      return Action::fail;
    case Status::check_condition:
      break;
  }
  if (!answer.sense.present) return Action::fail;
  switch (answer.sense.key) {
    case SenseKey::recovered_error:
      return answer.sense.deferred ? Action::retry : Action::done;
    case SenseKey::unit_attention:
    case SenseKey::aborted_command:
      return Action::retry;
    case SenseKey::not_ready:
      return answer.sense.code() == 0x0401 || answer.sense.code() == 0x040A ? Action::retry : Action::fail;
    default:
      return Action::fail;
  }
}

bool overloaded(const Answer& answer) {
  return answer.status == Status::busy || answer.status == Status::task_set_full;
}

std::chrono::milliseconds retry_delay(const Answer& answer, unsigned attempt) {
  const bool attention =
      answer.status == Status::check_condition && answer.sense.key == SenseKey::unit_attention;
  if (attention && attempt <= 1) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(std::min(1000U, 8U << std::min(attempt - 1, 7U)));
}

std::string describe(const Answer& answer) {
  switch (answer.status) {
    case Status::good:
      return "done";
    case Status::check_condition:
      return describe(answer.sense);
    case Status::busy:
      return "the target is busy (BUSY)";
    case Status::reservation_conflict:
      return "another host has reserved the LUN (RESERVATION CONFLICT)";
    case Status::task_set_full:
      return "the target's queue is full (TASK SET FULL)";
    case Status::aborted:
      return "the target aborted the command (TASK ABORTED)";
    case Status::lost:
      return answer.fault.empty() ? "the connection was lost" : answer.fault;
    case Status::silent:
      return "no answer in time";
    case Status::other:
      return "the target's answer makes no sense";
  }
  return "unknown";
}

}  // namespace san::iscsi
