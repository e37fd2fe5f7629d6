// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "iscsi/address/url.h"
#include "iscsi/connection/retry.h"
#include "iscsi/connection/wire_check.h"
#include "iscsi/login/credentials.h"
#include "iscsi/login/login_keys.h"
#include "iscsi/scsi/cdb.h"

struct iscsi_context;
struct scsi_task;

namespace san::iscsi {

/// One SCSI command on its way. `data` belongs to the caller until `done` was called; for Direction::out it
/// is only read. `done` is called exactly once, from within Connection::run() or ~Connection(), and may
/// submit more.
struct Command {
  Cdb cdb;
  Direction direction = Direction::none;
  std::span<std::byte> data;
  std::function<void(const Answer&)> done;
};

/// Whom to log in to, and as whom.
struct Login {
  Portal portal;
  std::string target;  ///< empty: a discovery session, which knows no LUNs
  std::uint16_t lun = 0;
  Credentials credentials;
  /// Initiator Session ID: the same for every login in place of a lost session, so that the target reinstates
  /// the session and drops what was left of the old one (RFC 7143, 6.3.5). Different for sessions side by
  /// side.
  std::uint32_t isid = 0;
  std::uint16_t isid_qualifier = 0;
  std::chrono::milliseconds timeout{10'000};  ///< for each address of the host
  /// When it is over for all addresses and redirections together.
  std::optional<std::chrono::steady_clock::time_point> until;
  /// Asked several times a second while the login takes place; false gives it up.
  std::function<bool()> keep_going;
};

/// A logged-in iSCSI session of one connection, over one libiscsi context that is thrown away with it. There
/// is no reconnect, no timeout and no cancelling of single commands: in libiscsi 1.19 each of these can hang,
/// send a truncated PDU, or use memory after it was freed. Whoever needs them destroys the connection and
/// makes a new one. Belongs to one thread.
class Connection {
 public:
  /// Connects (trying every address of the host, following redirections of the target) and logs in.
  /// Throws Error(failed) that names the URL and the reason: not reachable, CHAP refused, no such target …
  explicit Connection(const Login& login);
  /// Completes every outstanding command as `lost`, after the context has let go of its buffer.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Queues a command. A fault shows at the next run().
  void submit(Command command);

  /// Waits at most `timeout` for the target or for `wake_fd` (an eventfd, emptied here; -1 for none), and
  /// handles what there is. False: the connection is lost; only the destructor may follow.
  bool run(std::chrono::milliseconds timeout, int wake_fd = -1);

  /// Sends a NOP-Out unless one is under way; its answer counts as something heard.
  void ping();

  /// Whether anything is still to be sent. Where a write was answered meanwhile (a failure may be, before the
  /// target has taken all of its data), that may be the rest of its data: `done` has been called, but its
  /// buffer may be let go only when nothing is sent any more.
  bool sending() const;
  /// Whether what is still to be sent waits for the target to open its command window (RFC 7143, 4.2.2.1).
  bool window_closed() const;

  /// How the target broke the protocol, if that is why the connection is lost: "the target broke the iSCSI
  /// protocol: it sent an R2T without data". Else empty.
  std::string fault() const;

  /// When the target last sent anything.
  std::chrono::steady_clock::time_point heard() const { return heard_; }

  /// One command, waited for, with the retries of judge(). `timeout` covers all of it; when it ends without
  /// an answer that is `silent`, and the connection is of no more use. A lost connection answers `lost`, with
  /// its fault().
  Answer execute(const Cdb& cdb, Direction direction, std::span<std::byte> data,
                 std::chrono::milliseconds timeout = std::chrono::milliseconds(10'000));

  /// From now on commands go to the logical unit whose address begins with these two bytes, the others being
  /// 0. Nothing may be under way.
  void use_lun(std::uint16_t first_level) { lun_ = first_level; }

  /// Names and addresses ("HOST:PORT,TAG") of the targets, as the portal gives them to SendTargets=All in a
  /// discovery session (RFC 7143, Appendix C). Throws Error(failed): no answer, or none that makes sense;
  /// ConnectionLost.
  std::vector<std::pair<std::string, std::vector<std::string>>> send_targets(
      std::chrono::milliseconds timeout);

  /// The address that the session goes to, after resolution and redirections.
  const Portal& address() const { return address_; }

  /// What the target answered to the keys of the login.
  const LoginKeys::Keys& negotiated() const { return negotiated_; }

  /// Logs out, waiting at most a second for the answer: targets then free the session at once.
  void logout();

 private:
  struct InFlightCommand;
  using InFlightCommands = std::list<std::unique_ptr<InFlightCommand>>;
  /// A command that has been answered, and the number of the first one submitted afterwards.
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
  std::uint16_t lun_ = 0;            ///< as it stands in the header
  std::string name_;                 ///< for messages
  Portal address_;
  bool lost_ = false, pinging_ = false;
  LoginKeys::Keys negotiated_;
  std::chrono::steady_clock::time_point heard_;
  std::uint64_t submitted_ = 0;  ///< number of the last command
  InFlightCommands in_flight_;   ///< sent, not answered
  std::deque<CompletedCommand>
      dead_;  ///< answered, but libiscsi may still have Data-Out PDUs queued that point at the task
};

}  // namespace san::iscsi
