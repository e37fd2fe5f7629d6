// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "iscsi/address/url.h"

namespace san::iscsi {

/// Result of a TCP connection attempt to a portal.
struct Reachability {
  Portal address;  ///< numeric address; the portal as given if its host has no address
  std::optional<std::chrono::microseconds>
      latency;        ///< duration of the TCP connect, one round trip; empty if it failed
  std::string error;  ///< reason of the failure; empty if the portal is reachable
};

/// Connects to the numeric portals, 64 at a time, and closes each connection at once. Returns one result per
/// portal, in their order. A portal that has not answered by `until`, or before a signal arrives, counts as
/// not reachable.
std::vector<Reachability> reach(std::span<const Portal> portals, std::chrono::steady_clock::time_point until);

}  // namespace san::iscsi
