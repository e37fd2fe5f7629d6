// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "iscsi/connection/connection.h"
#include "iscsi/lun/lun.h"
#include "iscsi/session/reserver.h"

namespace san::iscsi {

/// Logs in, learns everything about the LUN, and lets `reserver` reserve it unless it is write-protected.
/// What passes is borne: a target that is just starting, and a session that is lost before the end, as one
/// that is lost later. `name` is for messages. Throws Error as Connection, inspect() and Reserver::take() do.
std::unique_ptr<Connection> begin_session(const Login& login, const std::string& name, Reserver& reserver,
                                          Lun& lun);

}  // namespace san::iscsi
