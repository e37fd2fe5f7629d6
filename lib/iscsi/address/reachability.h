// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "iscsi/address/url.h"

namespace san::iscsi {

/// Whether something listens at a portal.
struct Reachability {
  Portal address;                                    ///< numeric; that of the portal where it has none
  std::optional<std::chrono::microseconds> latency;  ///< time of the TCP connect: one round trip
  std::string error;                                 ///< why there is none
};

/// Connects to all of the numeric portals at a time, and at once hangs up. One answer a portal, in their
/// order; what has not answered by `until` is not reachable.
std::vector<Reachability> reach(std::span<const Portal> portals, std::chrono::steady_clock::time_point until);

}  // namespace san::iscsi
