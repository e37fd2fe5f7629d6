// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "iscsi/address/url.h"
#include "iscsi/login/credentials.h"

namespace san::iscsi {

/// Parameters of a login: portal, target and credentials.
struct Login {
  Portal portal;
  std::string target;  ///< empty for a discovery session, which has no LUNs
  std::uint16_t lun = 0;
  Credentials credentials;
  /// Initiator Session ID. It is the same for every login that replaces a lost session, so that the target
  /// reinstates the session and drops the rest of the old one (RFC 7143, 6.3.5), and different for sessions
  /// side by side.
  std::uint32_t isid = 0;
  std::uint16_t isid_qualifier = 0;
  std::chrono::milliseconds timeout{10'000};  ///< per address of the host
  /// Deadline for all addresses and redirections together.
  std::optional<std::chrono::steady_clock::time_point> until;
  /// Callback, called several times a second during the login; false aborts the login.
  std::function<bool()> keep_going;
};

/// Returns a login to that LUN, or, without a target, for discovery. Its ISID is random, so that it neither
/// replaces nor is replaced by a session that the same initiator already has.
Login make_login(const Url& url, Credentials credentials);

}  // namespace san::iscsi
