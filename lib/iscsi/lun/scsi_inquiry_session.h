// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "iscsi/connection/connection.h"

namespace san::iscsi {

/// Something that a target answered wrongly, or not at all.
struct Problem {
  std::string what;  ///< the command or field: "READ CAPACITY(16)"
  std::string why;   ///< a clause: "no answer within 1.5 s"

  bool operator==(const Problem&) const = default;
};

/// Asks a target one question after the other, and gets over those that it does not take well: each has a
/// time of its own; one whose session was lost is asked again, see over_lost_sessions(), because none of them
/// changes anything; and after a few without an answer, or when the time is over, nothing more is asked. So a
/// target that hangs costs seconds, not the whole answer.
class ScsiInquirySession {
 public:
  using Clock = std::chrono::steady_clock;

  /// Logs in. `login.until` is when all of it is over; it has to be there. Throws Error(failed).
  explicit ScsiInquirySession(Login login);

  /// From now on questions go to this logical unit, see Connection::use_lun().
  void use_lun(std::uint16_t first_level);

  /// One command that reads at most `length` bytes; what came of it, until the next one. Nothing: the target
  /// refused it (answer() tells how), or there was no answer at all. `name` is for messages.
  std::optional<std::span<const std::byte>> ask(const Cdb& cdb, std::size_t length, const std::string& name);

  /// One page of vital product data, "VPD page B0h".
  std::optional<std::span<const std::byte>> ask_page(std::uint8_t page);

  /// A command without data. False: it failed.
  bool order(const Cdb& cdb, const std::string& name);

  /// How the last command ended.
  const Answer& answer() const { return answer_; }
  /// Whether there was an answer to it at all.
  bool answered() const { return answer_.status != Status::lost && answer_.status != Status::silent; }
  /// Something is wrong with an answer.
  void note_problem(std::string what, std::string why);

  const std::vector<Problem>& problems() const { return problems_; }
  /// Whether nothing more is asked: too many commands got no answer.
  bool over() const { return over_; }
  /// Whether every command so far was answered, if only by a refusal.
  bool complete() const { return !gap_; }
  /// The first that was not: its complaint. Null: complete().
  const Problem* gap() const { return gap_ ? &problems_[*gap_] : nullptr; }

  const LoginKeys::Keys& negotiated() const { return negotiated_; }
  const Portal& address() const { return address_; }

  /// Logs out.
  void end();

 private:
  std::string place() const;
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
  std::vector<Problem> problems_;
  unsigned faults_ = 0;
  std::optional<std::size_t> gap_;  ///< place of the first question without an answer among problems_
  bool over_ = false;
};

}  // namespace san::iscsi
