// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "iscsi/connection/connection.h"
#include "iscsi/lun/lun_info.h"
#include "iscsi/session/reserver.h"

namespace san::iscsi {

/// Logs in, queries the LUN, and lets `reserver` reserve it unless it is write-protected. Temporary failures
/// are retried: a target that is just starting, and a session that is lost meanwhile. `name` is for messages.
/// Throws Error like Connection, query_lun() and Reserver::take().
std::unique_ptr<Connection> begin_session(const Login& login, const std::string& name, Reserver& reserver,
                                          LunInfo& lun);

}  // namespace san::iscsi
