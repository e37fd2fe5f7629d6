// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "iscsi/connection/command_channel.h"
#include "iscsi/lun/lun_info.h"
#include "iscsi/session/reserver.h"
#include "iscsi/session/session_clock.h"

namespace san::iscsi {

/// Logs in, queries the LUN, and lets `reserver` reserve it unless it is write-protected. Temporary failures
/// are retried: a target that is just starting, and a session that is lost meanwhile. `name` is for messages.
/// Throws Error like `log_in`, query_lun() and Reserver::take().
std::unique_ptr<CommandChannel> begin_session(const LogIn& log_in, const std::string& name,
                                              const SessionClock& clock, Reserver& reserver, LunInfo& lun);

}  // namespace san::iscsi
