// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "iscsi/connection/retry.h"
#include "iscsi/connection/wire_check.h"
#include "iscsi/scsi/cdb.h"

namespace san::iscsi {

class CommandChannel;

/// Rules for one command that is waited for.
struct SendPolicy {
  /// Timeout of the command, all attempts included.
  std::chrono::milliseconds timeout{10'000};
  /// Send it again through a new login if the session is lost before the answer, see over_lost_sessions().
  /// Only for a command that may be carried out twice.
  bool resend = false;
};

/// Sends one SCSI command after another to a LUN, and waits for each. Commands that the retry table (judge())
/// repeats are sent again. How much of a SendPolicy can be kept is up to the transport. Not thread-safe.
class ScsiTransport {
 public:
  virtual ~ScsiTransport() = default;

  /// Returns the URL of the LUN, for messages.
  virtual const std::string& name() const = 0;

  /// Sends a command and returns its answer. CommandStatus::silent: none came in time. CommandStatus::lost:
  /// the session was lost, and it is unknown if the command was carried out. `command` names it in messages.
  /// `data` is only read for Direction::out.
  virtual Answer send(const std::string& command, const Cdb& cdb, Direction direction,
                      std::span<std::byte> data, const SendPolicy& policy) = 0;

  /// Records an answer that makes no sense. A transport that keeps no such record does nothing.
  virtual void note_problem(const std::string& what, const std::string& why);
};

/// The answer to a command that reads.
struct ScsiReply {
  Answer answer;
  std::vector<std::byte> bytes;  ///< those that arrived; empty unless done()

  bool done() const { return judge(answer) == Action::done; }
};

/// Returns the part of `buffer` that arrived with `answer`.
std::span<const std::byte> arrived(std::span<const std::byte> buffer, const Answer& answer);

/// Returns the reply to a command that read into `buffer`.
ScsiReply reply_of(const Answer& answer, std::vector<std::byte> buffer);

/// Sends a command that reads at most `length` bytes.
ScsiReply receive(ScsiTransport& transport, const std::string& command, const Cdb& cdb, std::size_t length,
                  const SendPolicy& policy = {});

/// Transport over one connection, which must outlive it. It cannot log in again: after CommandStatus::lost or
/// CommandStatus::silent all later commands are lost as well.
class ConnectionTransport final : public ScsiTransport {
 public:
  explicit ConnectionTransport(CommandChannel& connection) : connection_(connection) {}

  const std::string& name() const override;
  Answer send(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
              const SendPolicy& policy) override;

 private:
  CommandChannel& connection_;
};

}  // namespace san::iscsi
