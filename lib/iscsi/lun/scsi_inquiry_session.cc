// SPDX-License-Identifier: Apache-2.0
#include "iscsi/lun/scsi_inquiry_session.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/process/interrupt.h"
#include "iscsi/connection/lost_session.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;

/// Timeout of one command. All of the commands used here are answered from memory.
constexpr milliseconds kCommand{1'500};
/// Number of commands without an answer after which no more are sent.
constexpr unsigned kFaults = 3;

/// Returns true if the target does not support the command, page or field, which is no fault.
bool plain_refusal(const Answer& answer) {
  return answer.status == CommandStatus::check_condition && answer.sense.key == SenseKey::illegal_request;
}

}  // namespace

ScsiInquirySession::ScsiInquirySession(Login login)
    : login_(std::move(login)),
      connection_(std::make_unique<Connection>(login_)),
      name_(connection_->name()),
      negotiated_(connection_->negotiated()),
      address_(connection_->address()) {}

void ScsiInquirySession::use_lun(std::uint16_t first_level) {
  lun_ = first_level;
  if (connection_) connection_->use_lun(first_level);
}

std::string ScsiInquirySession::target_url() const {
  return fmt::format("iscsi://{}/{}", to_string(login_.portal), login_.target);
}

bool ScsiInquirySession::log_in(const std::string& command) {
  if (connection_) return true;
  try {
    connection_ = std::make_unique<Connection>(login_);
  } catch (const Error& error) {
    over_ = true;
    unanswered(command, fmt::format("not asked: {}", error.cause()));
    return false;
  }
  if (lun_) connection_->use_lun(*lun_);
  return true;
}

Answer ScsiInquirySession::attempt(const std::string& command, const Cdb& cdb, Direction direction,
                                   std::span<std::byte> data, milliseconds timeout) {
  Answer answer;
  answer.status = CommandStatus::silent;  // if not even the login succeeds
  if (!log_in(command)) return answer;
  const auto left = std::chrono::duration_cast<milliseconds>(*login_.until - Clock::now());
  const auto allowed = std::clamp(left, milliseconds(1), std::min(timeout, kCommand));
  answer = connection_->execute({cdb, direction, data}, allowed);
  if (answer.status == CommandStatus::silent)
    unanswered(command,
               fmt::format("no answer within {:.1f} s", static_cast<double>(allowed.count()) / 1000));
  if (answer.status == CommandStatus::lost || answer.status == CommandStatus::silent) connection_.reset();
  return answer;
}

Answer ScsiInquirySession::send(const std::string& command, const Cdb& cdb, Direction direction,
                                std::span<std::byte> data, const SendPolicy& policy) {
  answer_ = {};
  Interrupt::check(login_.target.c_str());
  if (over_) return answer_;
  if (Clock::now() >= *login_.until) {
    over_ = true;
    unanswered(command, "not asked, nor what comes after it: the time limit was reached");
    return answer_;
  }
  answer_ = ask_over_lost_sessions(target_url(), command, login_.until,
                                   [&] { return attempt(command, cdb, direction, data, policy.timeout); });
  // A command that was repeated until the deadline had no answer, either; so has a lost one, by judge().
  const bool no_answer = judge(answer_) == Action::retry;
  if (no_answer) unanswered(command, describe(answer_));
  if (no_answer || answer_.status == CommandStatus::silent) {
    if (++faults_ < kFaults || over_) return answer_;
    over_ = true;
    note_problem("the commands after it", "not asked: the target has left too many unanswered");
  } else if (judge(answer_) != Action::done && !plain_refusal(answer_) &&
             answer_.status != CommandStatus::reservation_conflict) {
    note_problem(command, describe(answer_));
  }
  return answer_;
}

void ScsiInquirySession::unanswered(const std::string& what, const std::string& why) {
  if (!gap_) gap_ = problems_.size();
  note_problem(what, why);
}

void ScsiInquirySession::note_problem(const std::string& what, const std::string& why) {
  problems_.push_back({Severity::error, what, why});
}

void ScsiInquirySession::end() {
  if (connection_) connection_->logout();
  connection_.reset();
}

}  // namespace san::iscsi
