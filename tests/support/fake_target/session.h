// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "fake_target/login.h"
#include "fake_target/pdu.h"
#include "fake_target/target.h"
#include "fake_target/xcopy.h"

namespace fake {

/// One connection from login to its end. Commands are worked on one after the other; several may be waiting
/// for their data.
class Session {
 public:
  Session(Target& target, int socket);
  void run();

 private:
  /// A command whose data are not all there yet, or that is never answered.
  struct Pending {
    Request request;
    Command command;
    bool from_initiator = false;
    unsigned lun = 0;
    std::optional<Action> action;
    Buffer out;
    std::uint32_t burst_end = 0, transfer_tag = kNoTag, r2t_sn = 0, data_sn = 0;

    std::uint32_t tag() const { return request.tag; }
    /// Expected data transfer length, as the initiator says.
    std::uint32_t expected() const { return request.word20; }
    std::uint32_t received() const { return static_cast<std::uint32_t>(out.size()); }
    bool does(Action::Kind kind) const { return action && action->kind == kind; }
  };

  bool log_in();
  void handle(const Request& request, Buffer& data);
  void scsi_command(const Request& request, const Buffer& data);
  void data_out(const Request& request, const Buffer& data);
  void ask_for_data(Pending& pending);
  /// All data of a burst are there: asks for the next or works on the command.
  void advance(Pending& pending);
  /// Answers at once with what the action says; false where it wants the command done.
  bool refuse(const Pending& pending);
  /// Looks for a rule that hits what the data of the command name. True if it is answered, or never will be.
  bool stopped_by_ranges(Pending& pending);
  void execute(Pending& pending);
  void answer(const Pending& pending, const Result& result);
  void send_data_in(std::uint32_t tag, std::span<const std::byte> in, const Response& residual);
  /// EXTENDED COPY and RECEIVE COPY RESULTS: what was copied is known to the session that ordered it.
  Result copy(const Pending& pending);
  Result copy_results(const Command& command) const;
  void log(const Pending& pending, const std::string& outcome);
  void finish(const Pending& pending) { pending_.erase(pending.tag()); }

  void reject(const Request& request);
  void task_management(const Request& request);
  void text(const Request& request, const Buffer& data);
  Response reply_to(std::uint32_t tag, std::uint8_t code, bool counts = true);

  Target& target_;
  Connection connection_;
  Counters counters_;
  Negotiated negotiated_;
  std::map<std::uint32_t, Pending> pending_;
  std::map<std::uint8_t, CopyRecord> copies_;  ///< by list identifier
  std::uint32_t next_transfer_tag_ = 1;
  bool over_ = false;
};

}  // namespace fake
