// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "iscsi/connection/scsi_transport.h"
#include "iscsi/hex.h"

namespace san::iscsi {

/// A LUN that answers by a script, and writes down what it is asked. Commands go by their names; those of
/// MODE SENSE end in the page: "MODE SENSE(6) 3Fh". What is not in the script is refused as unknown. As a
/// transport has to, it repeats a command as long as the retry table says so and the script goes on.
class ScriptedLun final : public ScsiTransport {
 public:
  std::map<std::string, std::deque<ScsiReply>> script;
  std::vector<std::string> asked;                             ///< commands, repetitions left out
  std::vector<std::pair<std::string, std::string>> problems;  ///< what was noted

  /// A thin disk of 1 GiB that does everything right.
  ScriptedLun() {
    says("INQUIRY", "00 00 06 02 1f 00 00 02 41434d4520202020 4449534b202020202020202020202020 31202020");
    says("VPD page 00h", "00 00 0006 00 80 83 b0 b1 b2");
    says("VPD page 80h", "00 80 0002 4131");
    says("VPD page 83h", "00 83 000c 01030008 3000000000fa4e01");
    says("TEST UNIT READY", "");
    says("READ CAPACITY(16)", "00000000001fffff 00000200 00 03 c000" + std::string(32, '0'));
    says("VPD page B0h", "00 b0 003c 00 01 0000 00000800" + std::string(104, '0'));
    says("VPD page B1h", "00 b1 003c 0001" + std::string(116, '0'));
    says("VPD page B2h", "00 b2 0004 00 e4 02 00");
    says("MODE SENSE(6) 3Fh", "23001000 0812 04" + std::string(34, '0') + "0a0a" + std::string(20, '0'));
  }

  /// Answers `command` by these bytes.
  void says(const std::string& command, const std::string& digits) {
    script[command] = {good(unhex(digits))};
  }
  /// Answers `command` by nothing but this.
  void answers(const std::string& command, const Answer& answer) { script[command] = {{answer, {}}}; }
  void refuses(const std::string& command) { script.erase(command); }

  static Answer refusal(SenseKey key, std::uint8_t asc, std::uint8_t ascq = 0) {
    return {CommandStatus::check_condition, {true, key, asc, ascq, false}, 0, 0};
  }
  static Answer no_answer(CommandStatus status) {
    Answer answer;
    answer.status = status;
    return answer;
  }

  const std::string& name() const override { return name_; }
  Answer send(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
              const SendPolicy& policy) override {
    std::string key = command;
    if (command.starts_with("MODE SENSE")) key += fmt::format(" {:02X}h", cdb.bytes[2]);
    asked.push_back(key);
    repeatable = repeatable && policy.resend && direction != Direction::out;
    const auto found = script.find(key);
    if (found == script.end()) return refusal(SenseKey::illegal_request, 0x24);
    auto reply = found->second.begin();
    while (judge(reply->answer) == Action::retry && std::next(reply) != found->second.end()) ++reply;
    std::copy_n(reply->bytes.begin(), std::min(reply->bytes.size(), data.size()), data.begin());
    Answer answer = reply->answer;
    answer.missing = static_cast<std::uint32_t>(data.size() - std::min(reply->bytes.size(), data.size()));
    return answer;
  }
  void note_problem(const std::string& what, const std::string& why) override {
    problems.emplace_back(what, why);
  }

  bool repeatable = true;  ///< every command so far may be sent again over a lost session

 private:
  static ScsiReply good(std::vector<std::byte> bytes) {
    return {{CommandStatus::good, {}, 0, 0}, std::move(bytes)};
  }

  const std::string name_ = "iscsi://san/iqn.2026-11.org.example:t/1";
};

}  // namespace san::iscsi
