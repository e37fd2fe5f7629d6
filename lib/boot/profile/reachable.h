// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "iscsi/address/url.h"

namespace san::boot {

/// Whether anybody takes a TCP connection there within `patience`, at any of the addresses that the host has;
/// the connection is closed again at once. Throws Error(interrupted).
bool takes_connection(const iscsi::Portal& portal, std::chrono::milliseconds timeout);

}  // namespace san::boot
