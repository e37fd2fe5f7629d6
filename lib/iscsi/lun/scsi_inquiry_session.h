// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "iscsi/connection/connection.h"
#include "iscsi/connection/scsi_transport.h"

namespace san::iscsi {

/// Transport for queries that survives commands that hang or drop the session. Each has a timeout of its own.
/// If the session is lost a command is sent again whatever its policy, see over_lost_sessions(): none of them
/// changes anything. After a few commands without an answer, or after the deadline, nothing more is sent. So
/// a target that hangs costs seconds, not the whole result. Keeps a list of what went wrong.
class ScsiInquirySession final : public ScsiTransport {
 public:
  using Clock = std::chrono::steady_clock;

  /// Logs in. `login.until`, the deadline of the whole session, must be set. Throws Error(failed).
  explicit ScsiInquirySession(Login login);

  /// Sends later commands to this logical unit, see Connection::use_lun().
  void use_lun(std::uint16_t first_level);

  const std::string& name() const override { return name_; }
  /// Sends a command, for 1.5 s at most; one that is not sent any more has CommandStatus::lost. Throws
  /// Error(interrupted) after a signal.
  Answer send(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
              const SendPolicy& policy) override;
  void note_problem(const std::string& what, const std::string& why) override;

  /// Returns the answer to the last command.
  const Answer& answer() const { return answer_; }
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
  bool log_in(const std::string& command);
  Answer attempt(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
                 std::chrono::milliseconds timeout);
  void unanswered(const std::string& what, const std::string& why);

  Login login_;
  std::unique_ptr<Connection> connection_;
  const std::string name_;
  std::optional<std::uint16_t> lun_;
  LoginKeys::Keys negotiated_;
  Portal address_;
  Answer answer_;
  Diagnostics problems_;
  unsigned faults_ = 0;
  std::optional<std::size_t> gap_;  ///< index in problems_ of the first command without an answer
  bool over_ = false;
};

}  // namespace san::iscsi
