// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include "iscsi/connection/connection.h"
#include "iscsi/connection/scsi_transport.h"

namespace san::iscsi {

/// Transport that logs in again after a lost session and after a command that was not answered: the next
/// command uses a new session, with the same Initiator Session ID, so that a reservation can be released
/// after a lost connection. A silence is reported while it lasts.
class ReloginTransport final : public ScsiTransport {
 public:
  /// Logs in. Throws as Connection does.
  explicit ReloginTransport(Login login);
  ~ReloginTransport() override;
  ReloginTransport(const ReloginTransport&) = delete;
  ReloginTransport& operator=(const ReloginTransport&) = delete;

  const std::string& name() const override { return name_; }
  /// Sends a command, see ScsiTransport. Throws Error(failed) if a new login fails, Error(interrupted) after
  /// a signal.
  Answer send(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
              const SendPolicy& policy) override;

 private:
  using Clock = std::chrono::steady_clock;
  using Duration = std::chrono::milliseconds;
  /// Logs in unless there is a connection.
  void log_in();
  Answer send_with_retry(const std::string& command, const Cdb& cdb, Direction direction,
                         std::span<std::byte> data, Duration timeout);
  Answer send_once(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
                   Clock::time_point begun, Duration timeout);

  Login login_;
  std::string name_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace san::iscsi
