// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "iscsi/connection/connection.h"

namespace san::iscsi {

/// Sends commands to a target one after the other, and survives those that hang or drop the session. Each has
/// a timeout of its own. If the session is lost the command is sent again, see over_lost_sessions(): none of
/// them changes anything. After a few commands without an answer, or after the deadline, nothing more is
/// sent. So a target that hangs costs seconds, not the whole result.
class ScsiInquirySession {
 public:
  using Clock = std::chrono::steady_clock;

  /// Logs in. `login.until`, the deadline of the whole session, must be set. Throws Error(failed).
  explicit ScsiInquirySession(Login login);

  /// Sends later commands to this logical unit, see Connection::use_lun().
  void use_lun(std::uint16_t first_level);

  /// Sends one command that reads at most `length` bytes, and returns them; they are valid until the next
  /// command. Returns nothing if the target refused the command (see answer()) or did not answer. `name` is
  /// for messages.
  std::optional<std::span<const std::byte>> ask(const Cdb& cdb, std::size_t length, const std::string& name);

  /// Reads one VPD page; problems name it "VPD page B0h".
  std::optional<std::span<const std::byte>> ask_page(std::uint8_t page);

  /// Sends a command without data; false if it failed.
  bool order(const Cdb& cdb, const std::string& name);

  /// Returns the answer to the last command.
  const Answer& answer() const { return answer_; }
  /// Returns true if the last command was answered, if only by a refusal.
  bool answered() const { return answer_.status != Status::lost && answer_.status != Status::silent; }
  /// Records a fault of an answer: `what` is the command or field, "READ CAPACITY(16)", `why` the reason, a
  /// clause, "no answer within 1.5 s".
  void note_problem(std::string what, std::string why);

  /// Returns the wrong answers, and the missing ones.
  const Diagnostics& problems() const { return problems_; }
  /// Returns true if nothing more is sent: too many commands had no answer, the deadline has passed, or a new
  /// login failed.
  bool over() const { return over_; }
  /// Returns true if every command so far was answered, if only by a refusal.
  bool complete() const { return !gap_; }
  /// Returns the problem of the first command without an answer; null if complete().
  const Diagnostic* gap() const { return gap_ ? &problems_[*gap_] : nullptr; }

  const LoginKeys::Keys& negotiated() const { return negotiated_; }
  const Portal& address() const { return address_; }

  /// Logs out.
  void end();

 private:
  std::string target_url() const;
  bool log_in(const std::string& name);
  Answer attempt(const Cdb& cdb, Direction direction, std::span<std::byte> data, const std::string& name);
  void unanswered(const std::string& what, const std::string& why);
  void execute(const Cdb& cdb, Direction direction, std::span<std::byte> data, const std::string& name);

  Login login_;
  std::unique_ptr<Connection> connection_;
  std::optional<std::uint16_t> lun_;
  LoginKeys::Keys negotiated_;
  Portal address_;
  std::vector<std::byte> buffer_;
  Answer answer_;
  Diagnostics problems_;
  unsigned faults_ = 0;
  std::optional<std::size_t> gap_;  ///< index in problems_ of the first command without an answer
  bool over_ = false;
};

}  // namespace san::iscsi
