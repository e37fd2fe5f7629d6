// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/unique_function.h"
#include "iscsi/address/url.h"
#include "iscsi/connection/retry.h"
#include "iscsi/connection/wire_check.h"
#include "iscsi/login/login.h"
#include "iscsi/login/login_keys.h"
#include "iscsi/scsi/cdb.h"

struct iscsi_context;
struct scsi_task;

namespace san::iscsi {

/// One SCSI command on its way to the target. The caller keeps `data` alive until `done` has been called; it
/// is only read for Direction::out. `done` is called exactly once, from within Connection::run() or
/// ~Connection(), and may submit more commands.
struct Command {
  Cdb cdb;
  Direction direction = Direction::none;
  std::span<std::byte> data;
  UniqueFunction<void(const Answer&)> done;
};

/// A logged-in iSCSI session of one connection, over one libiscsi context that is destroyed with it. It has
/// no reconnect, no timeout and no cancelling of single commands: in libiscsi 1.19 each of these can hang,
/// send a truncated PDU, or use memory after it was freed. A caller that needs one destroys the connection
/// and makes a new one. Belongs to one thread.
class Connection {
 public:
  /// Connects (trying every address of the host, following redirections of the target) and logs in. Throws
  /// Error(failed) that names the URL and the reason: not reachable, CHAP refused, no such target …
  explicit Connection(const Login& login);
  /// Completes every outstanding command as `lost`, after the context has released its buffer.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Queues a command. A failure to send it is reported by the next run().
  void submit(Command command);

  /// Waits at most `timeout` for the target or for `wake_fd` (an eventfd, emptied here; -1 for none), and
  /// handles the events. Returns false if the connection is lost; then only the destructor may be called.
  bool run(std::chrono::milliseconds timeout, int wake_fd = -1);

  /// Sends a NOP-Out unless one is under way. Its answer updates heard().
  void ping();

  /// Returns true if anything is still to be sent. If a write has been answered already (a failure may come
  /// before the target has taken all of its data), that may be the rest of its data: `done` has been called,
  /// but the buffer must be kept until nothing is left to be sent.
  bool sending() const;
  /// Returns true if all that is still to be sent waits for the target to open its command window (RFC
  /// 7143, 4.2.2.1).
  bool window_closed() const;

  /// Returns the protocol violation of the target for which the connection was lost: "the target broke the
  /// iSCSI protocol: it sent an R2T without data". Empty if that is not the reason.
  std::string fault() const;

  /// Returns the time at which the target last sent anything.
  std::chrono::steady_clock::time_point heard() const { return heard_; }

  /// Sends one command and waits for its answer, with the retries of judge(). `timeout` covers all attempts.
  /// If it expires without an answer, the status is `silent` and the connection cannot be used any more. If
  /// the connection is lost, the status is `lost`, with the text of fault().
  Answer execute(const Cdb& cdb, Direction direction, std::span<std::byte> data,
                 std::chrono::milliseconds timeout = std::chrono::milliseconds(10'000));

  /// Sends later commands to the logical unit whose address begins with these two bytes and has 0 in the
  /// others. No command may be under way.
  void use_lun(std::uint16_t first_level) { lun_ = first_level; }

  /// Sends SendTargets=All in a discovery session (RFC 7143, Appendix C), and returns the names of the
  /// targets with their addresses ("HOST:PORT,TAG"). Throws Error(failed) if the answer is missing or
  /// invalid, and ConnectionLost.
  std::vector<std::pair<std::string, std::vector<std::string>>> send_targets(
      std::chrono::milliseconds timeout);

  /// Returns the URL of the LUN, or the portal of a discovery session, for messages.
  const std::string& name() const { return name_; }

  /// Returns the address of the session, after resolution and redirections.
  const Portal& address() const { return address_; }

  /// Returns the keys with which the target answered the login.
  const LoginKeys::Keys& negotiated() const { return negotiated_; }

  /// Logs out and waits at most a second for the answer, upon which targets free the session at once.
  void logout();

 private:
  struct InFlightCommand;
  using InFlightCommands = std::list<std::unique_ptr<InFlightCommand>>;
  /// A command that has been answered, and the number of the next one submitted after the answer.
  struct CompletedCommand {
    std::unique_ptr<InFlightCommand> command;
    std::uint64_t followed_by;
  };

  void open(const Login& login, const Portal& address, std::string& redirect);
  void check_negotiated(const std::string& url) const;
  void check_answer(InFlightCommand& command, Answer& answer);
  void close();
  static void on_answer(iscsi_context* context, int status, void* data, void* private_data);
  void retire(std::uint64_t answered);

  iscsi_context* context_ = nullptr;
  std::unique_ptr<WireCheck> wire_;  ///< of the context's socket
  std::uint16_t lun_ = 0;            ///< encoded for the header
  std::string name_;                 ///< for messages
  Portal address_;
  bool lost_ = false, pinging_ = false;
  LoginKeys::Keys negotiated_;
  std::chrono::steady_clock::time_point heard_;
  std::uint64_t submitted_ = 0;  ///< number of the last command submitted
  InFlightCommands in_flight_;   ///< sent, not answered
  /// Answered commands, for which libiscsi may still have Data-Out PDUs queued that point at the task.
  std::deque<CompletedCommand> completed_;
};

}  // namespace san::iscsi
