// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "iscsi/connection/connection.h"
#include "iscsi/lun/lun.h"

namespace san {

/// Channel to one LUN on which one SCSI command after another is sent and waited for: a probe sends commands
/// that no Device has, and needs every answer unchanged. Not thread-safe.
class ScsiChannel {
 public:
  using Duration = std::chrono::milliseconds;
  virtual ~ScsiChannel() = default;

  /// Sends a command and waits for its answer, at most `timeout`. Commands that the retry table
  /// (iscsi::judge()) repeats are sent again; commands that only read (Direction::in) also after the session
  /// was lost, see iscsi::over_lost_sessions(). Status::silent: no answer in time. Status::lost: the
  /// connection was lost, and it is unknown if the command was carried out. The command after either uses a
  /// new login. `what` names the command in messages. Throws Error(failed) if the login fails,
  /// Error(interrupted) after a signal.
  virtual iscsi::Answer send(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                             std::span<std::byte> data, Duration timeout) = 0;
};

/// Channel over iSCSI: one session, with one Initiator Session ID over all its logins, so that a reservation
/// can be released after a lost connection.
class IscsiChannel final : public ScsiChannel {
 public:
  /// Logs in. Throws as iscsi::Connection does.
  explicit IscsiChannel(iscsi::Login login);
  ~IscsiChannel() override;

  iscsi::Answer send(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                     std::span<std::byte> data, Duration timeout) override;

  /// Calls iscsi::inspect(), again if the session is lost meanwhile. Throws as that does.
  iscsi::Lun inspect(const std::string& url);

 private:
  using Clock = std::chrono::steady_clock;
  /// Logs in unless there is a connection.
  void log_in();
  iscsi::Answer send_with_retry(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                                std::span<std::byte> data, Duration timeout);
  iscsi::Answer send_once(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                          std::span<std::byte> data, Clock::time_point begun, Duration timeout);

  iscsi::Login login_;
  std::unique_ptr<iscsi::Connection> connection_;
};

}  // namespace san
