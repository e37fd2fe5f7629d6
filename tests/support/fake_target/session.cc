// SPDX-License-Identifier: Apache-2.0
#include "fake_target/session.h"

#include <chrono>
#include <thread>

namespace fake {
Session::Session(Target& target, int socket)
    : target_(target), connection_(socket), counters_(target.options().rules.size()) {}

bool Session::log_in() {
  const auto action = target_.match({Op::login, 0, 0, 0}, counters_);
  std::optional<std::uint16_t> refusal;
  if (action) {
    using Kind = Action::Kind;
    if (action->kind == Kind::drop || action->kind == Kind::hang)
      target_.log("login", 0, 0, action->kind == Kind::drop ? "dropped" : "hung");
    if (action->kind == Kind::drop) return false;
    if (action->kind == Kind::hang) {
      Buffer data;
      while (true) connection_.receive(data);
    }
    if (action->kind == Kind::delay) std::this_thread::sleep_for(std::chrono::milliseconds(action->value));
    if (action->kind == Kind::login) refusal = static_cast<std::uint16_t>(action->value);
    if (action->kind == Kind::busy) refusal = std::uint16_t{0x0301};  // service unavailable
  }
  const auto negotiated = fake::log_in(connection_, target_.options(), refusal);
  target_.log("login", 0, 0, negotiated ? "good" : "refused");
  if (negotiated) negotiated_ = *negotiated;
  return negotiated.has_value();
}

void Session::run() {
  try {
    if (!log_in()) return;
    Buffer data;
    while (!over_) {
      const Request request = connection_.receive(data);
      handle(request, data);
    }
  } catch (const Closed&) {
  }
}

Response Session::reply_to(std::uint32_t tag, std::uint8_t code, bool counts) {
  Response response;
  response.opcode = code;
  response.tag = tag;
  response.stat_sn = negotiated_.stat_sn;
  if (counts) ++negotiated_.stat_sn;
  response.exp_cmd_sn = negotiated_.cmd_sn;
  const auto busy = static_cast<std::uint32_t>(pending_.size());
  const std::uint32_t queue = target_.options().queue;
  response.max_cmd_sn = negotiated_.cmd_sn + (queue > busy ? queue - busy : 0) - 1;
  return response;
}

void Session::handle(const Request& request, Buffer& data) {
  if (request.code() != opcode::data_out && !request.immediate()) {
    // One connection in order: any gap or repetition is a fault of the initiator, which a test should see.
    if (request.cmd_sn != negotiated_.cmd_sn) {
      target_.log("protocol-error", request.cmd_sn, negotiated_.cmd_sn, "CmdSN");
      throw Closed{};
    }
    ++negotiated_.cmd_sn;
  }
  switch (request.code()) {
    case opcode::scsi_command:
      scsi_command(request, data);
      break;
    case opcode::data_out:
      data_out(request, data);
      break;
    case opcode::task_management:
      task_management(request);
      break;
    case opcode::text:
      text(request, data);
      break;
    case opcode::nop_out:
      if (request.tag != kNoTag) {
        const auto action = target_.match({Op::nop, 0, 0, 0}, counters_);
        if (action && action->kind == Action::Kind::drop) throw Closed{};
        if (action && action->kind == Action::Kind::hang) break;
        Response response = reply_to(request.tag, opcode::nop_in);
        response.transfer_tag = kNoTag;
        connection_.send(response, data);
      }
      break;
    case opcode::logout:
      connection_.send(reply_to(request.tag, opcode::logout_response));
      target_.log("logout", 0, 0, "good");
      over_ = true;
      break;
    default:
      reject(request);
  }
}

void Session::reject(const Request& request) {
  Response response = reply_to(kNoTag, opcode::reject);
  response.byte2 = 0x04;  // protocol error
  const auto* header = reinterpret_cast<const std::byte*>(&request);
  connection_.send(response, {header, sizeof request});
}

void Session::task_management(const Request& request) {
  const unsigned function = request.flags & 0x7f;
  Response response = reply_to(request.tag, opcode::task_management_response);
  if (function == 1)
    response.byte2 = pending_.erase(request.word20) > 0 ? 0 : 1;  // 1: the task does not exist
  else
    pending_.clear();
  target_.log("task-management", function, 0, "good");
  connection_.send(response);
}

void Session::text(const Request& request, const Buffer& data) {
  const std::string wanted = find_key(parse_keys(data), "SendTargets");
  Keys reply;
  if (wanted == "All" || wanted == target_.options().iqn || wanted.empty())
    reply = {{"TargetName", target_.options().iqn},
             {"TargetAddress", "127.0.0.1:" + std::to_string(target_.options().port) + ",1"}};
  Response response = reply_to(request.tag, opcode::text_response);
  response.transfer_tag = kNoTag;
  connection_.send(response,
                   target_.options().send_targets ? *target_.options().send_targets : format_keys(reply));
}

}  // namespace fake
