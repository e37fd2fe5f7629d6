// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "iscsi/address/url.h"
#include "iscsi/connection/command_channel.h"
#include "iscsi/connection/wire_check.h"
#include "iscsi/login/login.h"
#include "iscsi/login/login_keys.h"

struct iscsi_context;
struct scsi_task;

namespace san::iscsi {

/// A logged-in iSCSI session of one connection, over one libiscsi context that is destroyed with it. It has
/// no reconnect, no timeout and no cancelling of single commands: in libiscsi 1.19 each of these can hang,
/// send a truncated PDU, or use memory after it was freed. A caller that needs one destroys the connection
/// and makes a new one. Belongs to one thread.
class Connection final : public CommandChannel {
 public:
  /// Connects (trying every address of the host, following redirections of the target) and logs in. Throws
  /// Error(failed) that names the URL and the reason: not reachable, CHAP refused, no such target …
  explicit Connection(const Login& login);
  /// Completes every outstanding command as `lost`, after the context has released its buffer.
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  using CommandChannel::run;
  void submit(const Command& command, Done done) override;
  bool run(Duration timeout, int wake_fd) override;
  void ping() override;
  bool sending() const override;
  bool window_closed() const override;
  std::string fault() const override;
  std::chrono::steady_clock::time_point heard() const override { return heard_; }
  bool answered() const override { return answered_; }
  Answer execute(const Command& command, Duration timeout) override;
  /// Returns the URL of the LUN, or the portal of a discovery session, for messages.
  const std::string& name() const override { return name_; }
  void logout() override;

  /// Sends later commands to the logical unit whose address begins with these two bytes and has 0 in the
  /// others. No command may be under way.
  void use_lun(std::uint16_t first_level) { lun_ = first_level; }

  /// Sends SendTargets=All in a discovery session (RFC 7143, Appendix C), and returns the names of the
  /// targets with their addresses ("HOST:PORT,TAG"). Throws Error(failed) if the answer is missing or
  /// invalid, and ConnectionLost.
  std::vector<std::pair<std::string, std::vector<std::string>>> send_targets(
      std::chrono::milliseconds timeout);

  /// Returns the address of the session, after resolution and redirections.
  const Portal& address() const { return address_; }

  /// Returns the keys with which the target answered the login.
  const LoginKeys::Keys& negotiated() const { return negotiated_; }

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
  bool lost_ = false, pinging_ = false, answered_ = false;
  LoginKeys::Keys negotiated_;
  std::chrono::steady_clock::time_point heard_;
  std::uint64_t submitted_ = 0;  ///< number of the last command submitted
  InFlightCommands in_flight_;   ///< sent, not answered
  /// Answered commands, for which libiscsi may still have Data-Out PDUs queued that point at the task.
  std::deque<CompletedCommand> completed_;
};

/// Returns what logs in by `login`, as often as it is called. Its own `keep_going` takes the place of that of
/// `login`.
LogIn log_in_by(Login login);

}  // namespace san::iscsi
