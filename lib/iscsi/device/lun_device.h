// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "block/device.h"
#include "iscsi/address/url.h"
#include "iscsi/connection/timing.h"
#include "iscsi/login/credentials.h"
#include "iscsi/lun/lun.h"
#include "iscsi/session/request_queue.h"
#include "iscsi/session/reserver.h"

namespace san::iscsi {

struct LunOptions {
  unsigned sessions = 0;  ///< side by side, 1 to 16; 0: the device chooses
  unsigned depth = 0;     ///< requests in flight a session, 1 to 128; 0: the device chooses
  Timing timing = {};
  ReserveOptions reserve = {};  ///< for a LUN that is written to
};

/// A LUN as a Device. Requests survive lost sessions: they are sent again through the next login, until the
/// target has been silent for Timing::patience.
class LunDevice : public Device {
 public:
  /// What the target said about the LUN when it was opened.
  virtual const Lun& lun() const = 0;
  /// Sends a command that the methods of Device have no name for, by the same rules as theirs: it is retried
  /// and survives lost sessions, a stall is reported, cancel() ends it. It may change the LUN's content.
  virtual void submit(std::unique_ptr<Request> request) = 0;
};

/// Logs in and inspects the LUN. Throws as Connection and inspect() do.
std::unique_ptr<LunDevice> open_lun(const Url& url, const Credentials& credentials,
                                    const LunOptions& options = {});

}  // namespace san::iscsi
