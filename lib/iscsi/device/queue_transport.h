// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "block/device.h"
#include "iscsi/connection/scsi_transport.h"
#include "iscsi/session/request_queue.h"

namespace san::iscsi {

/// Transport over the request queue of a LunDevice: its commands take their turn among the requests of the
/// device, and survive lost sessions as those do. The Timing of the queue holds, not the timeout of the
/// policy.
class QueueTransport final : public ScsiTransport {
 public:
  using Submit = std::function<void(std::unique_ptr<Request>)>;

  /// `submit` hands a request to the queue. `cancelled` is the device to cancel after a signal; null to wait
  /// for the answer all the same.
  QueueTransport(std::string name, Submit submit, Device* cancelled = nullptr)
      : name_(std::move(name)), submit_(std::move(submit)), cancelled_(cancelled) {}

  const std::string& name() const override { return name_; }
  /// Sends a command, see ScsiTransport. Throws the Error with which the queue gave up, and
  /// Error(interrupted) if the device was cancelled.
  Answer send(const std::string& command, const Cdb& cdb, Direction direction, std::span<std::byte> data,
              const SendPolicy& policy) override;

 private:
  const std::string name_;
  const Submit submit_;
  Device* const cancelled_;
};

}  // namespace san::iscsi
