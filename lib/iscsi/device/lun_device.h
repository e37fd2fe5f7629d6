// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "block/device_base.h"
#include "iscsi/address/url.h"
#include "iscsi/connection/timing.h"
#include "iscsi/login/credentials.h"
#include "iscsi/lun/lun_info.h"
#include "iscsi/session/request_queue.h"
#include "iscsi/session/reserver.h"

namespace san::iscsi {

struct LunOptions {
  unsigned sessions = 0;  ///< side by side, 1 to 16; 0 lets the device choose
  unsigned depth = 0;     ///< requests in flight per session, 1 to 128; 0 lets the device choose
  Timing timing = {};
  ReserveOptions reserve = {};  ///< for a LUN that is written to
};

/// A LUN as a Device. Requests survive lost sessions: they are sent again through the next login, until the
/// target has been silent for Timing::timeout.
class LunDevice : public DeviceBase {
 public:
  /// Returns the LUN's properties as they were when it was opened.
  virtual const LunInfo& lun() const = 0;
  /// Sends a command for which Device has no method, by the rules of its methods: it is retried and survives
  /// lost sessions, a stall is reported, and cancel() ends it. The command may change the LUN's content.
  virtual void submit(std::unique_ptr<Request> request) = 0;
};

/// Logs in and queries the LUN. Throws like Connection and query_lun().
std::unique_ptr<LunDevice> open_lun(const Url& url, const Credentials& credentials,
                                    const LunOptions& options = {});

}  // namespace san::iscsi
