// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "iscsi/connection/connection.h"

namespace san::preflight {

/// Result of a login with iPXE's keys.
struct IpxeLogin {
  iscsi::Portal address;  ///< portal of the session, after any redirection
  /// Reason why iPXE would give up, a clause about the target ("wants HeaderDigest=CRC32C; …"). Empty if it
  /// would not.
  std::string fault;
  bool chap = false;  ///< the target asked for CHAP
  iscsi::LoginKeys::Keys answered;
};

/// Logs in with the keys that iPXE offers, and no others (IpxeNegotiation), and logs out at once. The session
/// has a random identifier, so that a session of the booting machine is not reinstated. The LUN of `login` is
/// ignored. Throws Error(failed) if no connection can be made, and LoginRefused if the target refuses the
/// login.
IpxeLogin ipxe_login(const iscsi::Login& login);

}  // namespace san::preflight
