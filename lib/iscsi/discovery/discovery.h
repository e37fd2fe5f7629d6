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
  Portal portal;                  ///< as the user gave it
  std::optional<Portal> address;  ///< nothing where the host has none
  std::optional<std::string> error;
  std::string hint;
  std::size_t targets = 0;  ///< how many it told
};

/// A portal of a target.
struct TargetPortal {
  TargetAddress advertised;
  /// One answer an address of the host; none where nobody could connect to what is advertised.
  std::vector<Reachability> addresses;

  bool reachable() const;
};

struct DiscoveredTarget {
  std::string name;
  std::string problem;  ///< what is wrong with the name; empty: nothing
  std::vector<TargetPortal> portals;
};

struct Discovery {
  std::vector<AskedPortal> asked;
  std::vector<DiscoveredTarget> targets;  ///< each once, in the order found

  /// Whether every portal answered at one of its addresses.
  bool complete() const;
};

struct DiscoveryOptions {
  Credentials credentials;
  std::chrono::steady_clock::time_point until;  ///< the end of it all
  bool reachability = true;                     ///< try each portal that is advertised
};

/// Asks the portals, at every address of their hosts, for their targets, all at a time; then tries the
/// portals that were advertised. Throws nothing that one portal could bring about.
Discovery discover(std::span<const Portal> portals, const DiscoveryOptions& options);

}  // namespace san::iscsi
