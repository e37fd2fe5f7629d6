// SPDX-License-Identifier: Apache-2.0
#include "iscsi/connection/relogin_transport.h"

#include <fmt/core.h>

#include <thread>

#include "core/process/interrupt.h"
#include "core/process/log.h"
#include "iscsi/connection/lost_session.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;

// Time without an answer after which a warning is logged, and again each time it has passed.
constexpr milliseconds kSilence{4'000};

}  // namespace

ReloginTransport::ReloginTransport(Login login) : login_(std::move(login)) {
  login_.keep_going = [] { return !Interrupt::requested(); };
  connection_ = std::make_unique<Connection>(login_);
  name_ = connection_->name();
}

ReloginTransport::~ReloginTransport() {
  if (connection_) connection_->logout();
}

void ReloginTransport::log_in() {
  if (connection_) return;
  Interrupt::check("");
  connection_ = std::make_unique<Connection>(login_);
}

Answer ReloginTransport::send(const std::string& command, const Cdb& cdb, Direction direction,
                              std::span<std::byte> data, const SendPolicy& policy) {
  const auto attempt = [&] { return send_with_retry(command, cdb, direction, data, policy.timeout); };
  if (!policy.resend) return attempt();
  return ask_over_lost_sessions(to_string(login_.portal), command, Clock::now() + policy.timeout, attempt);
}

Answer ReloginTransport::send_with_retry(const std::string& command, const Cdb& cdb, Direction direction,
                                         std::span<std::byte> data, Duration timeout) {
  const auto begun = Clock::now();
  for (unsigned attempt = 1;; ++attempt) {
    Answer answer = send_once(command, cdb, direction, data, begun, timeout);
    if (answer.status == CommandStatus::lost || judge(answer) != Action::retry ||
        Clock::now() - begun >= timeout)
      return answer;
    std::this_thread::sleep_for(retry_delay(answer, attempt));
  }
}

Answer ReloginTransport::send_once(const std::string& command, const Cdb& cdb, Direction direction,
                                   std::span<std::byte> data, Clock::time_point begun, Duration timeout) {
  log_in();
  // Shared with the completion, which may come after this call has timed out.
  const auto result = std::make_shared<std::pair<bool, Answer>>(false, Answer{});
  connection_->submit({cdb, direction, data}, [result](const Answer& answer) { *result = {true, answer}; });
  bool alive = true;
  for (auto tell = begun + kSilence; alive && !result->first && Clock::now() - begun < timeout;) {
    alive = connection_->run(milliseconds(200));
    if (Interrupt::requested()) connection_.reset();
    Interrupt::check("");
    if (Clock::now() < tell || result->first) continue;
    tell += kSilence;
    log::warning("no answer to {} for {} s; waiting up to {} s", command,
                 std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - begun).count(),
                 std::chrono::duration_cast<std::chrono::seconds>(timeout).count());
  }
  const bool silent = alive && !result->first;
  // A target may refuse a write before it has received its data: the buffer is released only when no more of
  // it is to be sent (Connection::sending()).
  const auto deadline = Clock::now() + std::chrono::seconds(1);
  while (alive && !silent && direction == Direction::out && connection_->sending())
    alive = connection_->run(milliseconds(100)) && Clock::now() < deadline;
  const std::string fault = connection_->fault();
  if (!alive || silent) connection_.reset();
  Answer answer = result->second;
  if (answer.status == CommandStatus::lost) answer.fault = fault;
  if (silent) answer.status = CommandStatus::silent;
  return answer;
}

}  // namespace san::iscsi
