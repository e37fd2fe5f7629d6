// SPDX-License-Identifier: Apache-2.0
#include "iscsi/interview.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/interrupt.h"

namespace san::iscsi {
namespace {

using std::chrono::milliseconds;

/// Time of one command. All of those asked here are answered from memory.
constexpr milliseconds kCommand{1'500};
/// Commands without an answer after which nothing more is asked.
constexpr unsigned kFaults = 3;

/// The target does not have the command, the page or the field: no fault of anybody.
bool plain_refusal(const Answer& answer) {
  return answer.status == Status::check_condition && answer.sense.key == SenseKey::illegal_request;
}

}  // namespace

Interview::Interview(Login login)
    : login_(std::move(login)),
      connection_(std::make_unique<Connection>(login_)),
      negotiated_(connection_->negotiated()),
      address_(connection_->address()) {}

void Interview::use_lun(std::uint16_t first_level) {
  lun_ = first_level;
  if (connection_) connection_->use_lun(first_level);
}

bool Interview::log_in(const std::string& name) {
  if (connection_) return true;
  try {
    connection_ = std::make_unique<Connection>(login_);
  } catch (const Error& error) {
    over_ = true;
    complain(name, fmt::format("not asked: {}", error.cause()));
    return false;
  }
  if (lun_) connection_->use_lun(*lun_);
  return true;
}

void Interview::execute(const Cdb& cdb, Direction direction, std::span<std::byte> data,
                        const std::string& name) {
  answer_ = {};
  Interrupt::check(login_.target.c_str());
  const auto left = std::chrono::duration_cast<milliseconds>(*login_.until - Clock::now());
  if (!over_ && left <= milliseconds(0)) {
    over_ = true;
    complain(name, "not asked, nor what comes after it: the time is over");
  }
  if (over_ || !log_in(name)) {
    complete_ = false;
    return;
  }
  const auto allowed = std::min(left, kCommand);
  answer_ = connection_->execute(cdb, direction, data, allowed);
  const bool lost = answer_.status == Status::lost, silent = answer_.status == Status::silent;
  // What was sent again and again until the time was over had no answer, either.
  const bool refused_all_along = !lost && !silent && judge(answer_) == Action::retry;
  if (lost || silent) connection_.reset();
  if (lost || silent || refused_all_along) {
    complete_ = false;
    complain(name, silent
                       ? fmt::format("no answer within {:.1f} s", static_cast<double>(allowed.count()) / 1000)
                       : describe(answer_));
    if (++faults_ >= kFaults && !over_) {
      over_ = true;
      complain("the commands after it", "not asked: the target has left too many without an answer");
    }
  } else if (judge(answer_) != Action::done && !plain_refusal(answer_) &&
             answer_.status != Status::reservation_conflict) {
    complain(name, describe(answer_));
  }
}

std::optional<std::span<const std::byte>> Interview::ask(const Cdb& cdb, std::size_t length,
                                                         const std::string& name) {
  buffer_.assign(length, std::byte{0});
  execute(cdb, Direction::in, buffer_, name);
  if (judge(answer_) != Action::done) return std::nullopt;
  return std::span<const std::byte>(buffer_).first(length - std::min<std::size_t>(answer_.missing, length));
}

std::optional<std::span<const std::byte>> Interview::ask_page(std::uint8_t page) {
  constexpr std::uint16_t kLength = 1024;
  return ask(inquiry_vpd(page, kLength), kLength, fmt::format("VPD page {:02X}h", page));
}

bool Interview::order(const Cdb& cdb, const std::string& name) {
  execute(cdb, Direction::none, {}, name);
  return judge(answer_) == Action::done;
}

void Interview::complain(std::string what, std::string why) {
  problems_.push_back({std::move(what), std::move(why)});
}

void Interview::end() {
  if (connection_) connection_->logout();
  connection_.reset();
}

}  // namespace san::iscsi
