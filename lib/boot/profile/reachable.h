// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "iscsi/address/url.h"

namespace san::boot {

/// Returns true if a TCP connection to the portal is accepted within `timeout`, at any of the addresses of
/// its host; the connection is closed again at once. Throws Error(interrupted).
bool takes_connection(const iscsi::Portal& portal, std::chrono::milliseconds timeout);

}  // namespace san::boot
