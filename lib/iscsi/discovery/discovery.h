// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "iscsi/address/reachability.h"
#include "iscsi/address/target_address.h"
#include "iscsi/login/credentials.h"

namespace san::iscsi {

/// A portal that was asked for its targets, at one of the addresses of its host.
struct AskedPortal {
  Portal portal;                  ///< portal as the user gave it
  std::optional<Portal> address;  ///< empty if the host has none
  std::optional<std::string> error;
  std::string hint;
  std::size_t targets = 0;  ///< number of targets that it returned
};

/// A portal of a target.
struct TargetPortal {
  TargetAddress advertised;
  /// One result per address of the host; empty if the advertised address is not usable.
  std::vector<Reachability> addresses;

  bool reachable() const;
};

struct DiscoveredTarget {
  std::string name;
  std::string problem;  ///< fault in the name; empty if there is none
  std::vector<TargetPortal> portals;
};

struct Discovery {
  std::vector<AskedPortal> asked;
  std::vector<DiscoveredTarget> targets;  ///< each once, in the order found

  /// Returns true if every portal answered at one of its addresses.
  bool complete() const;
};

struct DiscoveryOptions {
  Credentials credentials;
  std::chrono::steady_clock::time_point until;  ///< deadline of the whole discovery
  bool reachability = true;                     ///< try each advertised portal
};

/// Asks the portals, at every address of their hosts, for their targets, several at a time; then tries the
/// advertised portals. An error of a portal is recorded in its entry. Throws Error(interrupted) after a
/// signal.
Discovery discover(std::span<const Portal> portals, const DiscoveryOptions& options);

}  // namespace san::iscsi
