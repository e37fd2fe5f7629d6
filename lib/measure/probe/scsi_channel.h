// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "iscsi/connection/connection.h"
#include "iscsi/lun/lun.h"

namespace san {

/// One SCSI command after another to one LUN, each waited for: what a probe needs, which sends commands that
/// no Device has and wants to see every answer as it came.
class ScsiChannel {
 public:
  using Duration = std::chrono::milliseconds;
  virtual ~ScsiChannel() = default;

  /// Sends a command and waits for its answer, at most `patience`; what the retry table (iscsi::judge()) says
  /// is to be sent again is; what only reads (Direction::in) also after the session was lost, see
  /// iscsi::over_lost_sessions(). Status::silent: no answer in time; Status::lost: the connection went away,
  /// and whether the command was carried out nobody knows. The command after either goes through a new login.
  /// `what` names it in messages. Throws Error(failed) where
  /// nobody can log in, Error(interrupted) after a signal.
  virtual iscsi::Answer send(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                             std::span<std::byte> data, Duration timeout) = 0;
};

/// The same over iSCSI: one session, with one Initiator Session ID over all its logins, so that a reservation
/// can be given back after a lost connection.
class IscsiChannel final : public ScsiChannel {
 public:
  /// Logs in. Throws as iscsi::Connection does.
  explicit IscsiChannel(iscsi::Login login);
  ~IscsiChannel() override;

  iscsi::Answer send(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                     std::span<std::byte> data, Duration timeout) override;

  /// iscsi::inspect(), again where the session is lost meanwhile. Throws as it does.
  iscsi::Lun inspect(const std::string& url);

 private:
  using Clock = std::chrono::steady_clock;
  void log_in();
  iscsi::Answer send_patiently(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                               std::span<std::byte> data, Duration timeout);
  iscsi::Answer send_once(const char* what, const iscsi::Cdb& cdb, iscsi::Direction direction,
                          std::span<std::byte> data, Clock::time_point begun, Duration timeout);

  iscsi::Login login_;
  std::unique_ptr<iscsi::Connection> connection_;
};

}  // namespace san
