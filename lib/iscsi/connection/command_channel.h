// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/unique_function.h"
#include "iscsi/connection/retry.h"
#include "iscsi/connection/wire_check.h"
#include "iscsi/scsi/cdb.h"

namespace san::iscsi {

/// One SCSI command and its buffer, which belongs to whoever sends it, and is only read for Direction::out.
struct Command {
  Cdb cdb;
  Direction direction = Direction::none;
  std::span<std::byte> data;
};

/// A logged-in way to a LUN on which several commands are in flight: what a Session asks of its connection.
/// Once the connection is lost it does not recover; its owner destroys it and logs in again. Belongs to one
/// thread.
class CommandChannel {
 public:
  using Duration = std::chrono::milliseconds;
  /// Completion of a command, called exactly once, from within run() or the destructor. It may submit more
  /// commands.
  using Done = UniqueFunction<void(const Answer&)>;

  CommandChannel() = default;
  /// Completes every outstanding command as `lost`. Until then the buffer of a command in flight is in use,
  /// even if the connection has been lost.
  virtual ~CommandChannel() = default;
  CommandChannel(const CommandChannel&) = delete;
  CommandChannel& operator=(const CommandChannel&) = delete;

  /// Queues a command. The caller keeps its buffer alive until `done` has been called. A failure to send it
  /// is reported by the next run().
  virtual void submit(const Command& command, Done done) = 0;

  /// Waits at most `timeout` for the target or for `wake_fd` (an eventfd, emptied here; -1 for none), and
  /// handles the events. Returns false if the connection is lost; then only fault() and the destructor may be
  /// called.
  virtual bool run(Duration timeout, int wake_fd) = 0;
  bool run(Duration timeout) { return run(timeout, -1); }

  /// Sends a NOP-Out unless one is under way. Its answer updates heard().
  virtual void ping() = 0;

  /// Returns true if anything is still to be sent. If a write has been answered already (a failure may come
  /// before the target has taken all of its data), that may be the rest of its data: `done` has been called,
  /// but the buffer must be kept until nothing is left to be sent.
  virtual bool sending() const = 0;
  /// Returns true if all that is still to be sent waits for the target to open its command window (RFC
  /// 7143, 4.2.2.1).
  virtual bool window_closed() const = 0;

  /// Returns the protocol violation of the target for which the connection was lost: "the target broke the
  /// iSCSI protocol: it sent an R2T without data". Empty if that is not the reason.
  virtual std::string fault() const = 0;

  /// Returns the time at which the target last sent anything.
  virtual std::chrono::steady_clock::time_point heard() const = 0;
  /// Returns true if the target has answered a command since the login.
  virtual bool answered() const = 0;

  /// Sends one command and waits for its answer, with the retries of judge(). `timeout` covers all attempts.
  /// If it expires without an answer, the status is `silent` and the connection cannot be used any more. If
  /// the connection is lost, the status is `lost`, with the text of fault().
  virtual Answer execute(const Command& command, Duration timeout) = 0;

  /// Returns the URL of the LUN, for messages.
  virtual const std::string& name() const = 0;

  /// Logs out and waits at most a second for the answer, upon which targets free the session at once.
  virtual void logout() = 0;
};

/// Logs in. `keep_going`, unless it is empty, is called several times a second meanwhile; false aborts the
/// login. Throws Error.
using LogIn = std::function<std::unique_ptr<CommandChannel>(const std::function<bool()>& keep_going)>;

}  // namespace san::iscsi
