// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/retry.h"

#include <algorithm>

namespace san::iscsi {

Action judge(const Answer& answer) {
  switch (answer.status) {
    case CommandStatus::good:
      return Action::done;
    case CommandStatus::busy:
    case CommandStatus::task_set_full:
    case CommandStatus::aborted:
    case CommandStatus::lost:
      return Action::retry;
    case CommandStatus::reservation_conflict:
    case CommandStatus::silent:
    case CommandStatus::other:
      return Action::fail;
    case CommandStatus::check_condition:
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
  return answer.status == CommandStatus::busy || answer.status == CommandStatus::task_set_full;
}

std::chrono::milliseconds retry_delay(const Answer& answer, unsigned attempt) {
  const bool attention =
      answer.status == CommandStatus::check_condition && answer.sense.key == SenseKey::unit_attention;
  if (attention && attempt <= 1) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(std::min(1000U, 8U << std::min(attempt - 1, 7U)));
}

std::string describe(const Answer& answer) {
  switch (answer.status) {
    case CommandStatus::good:
      return "done";
    case CommandStatus::check_condition:
      return describe(answer.sense);
    case CommandStatus::busy:
      return "the target is busy (BUSY)";
    case CommandStatus::reservation_conflict:
      return "another host has reserved the LUN (RESERVATION CONFLICT)";
    case CommandStatus::task_set_full:
      return "the target's queue is full (TASK SET FULL)";
    case CommandStatus::aborted:
      return "the target aborted the command (TASK ABORTED)";
    case CommandStatus::lost:
      return answer.fault.empty() ? "the connection was lost" : answer.fault;
    case CommandStatus::silent:
      return "no answer in time";
    case CommandStatus::other:
      return "the target's answer makes no sense";
  }
  return "unknown";
}

}  // namespace san::iscsi
