// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "iscsi/connection/connection.h"

namespace san::iscsi {

/// What came of a login in iPXE's manner.
struct IpxeLogin {
  Portal address;  ///< where the session went
  /// Why iPXE would give up, a clause about the target ("wants HeaderDigest=CRC32C; …"); empty: it would not.
  std::string fault;
  bool chap = false;  ///< the target asked for CHAP
  LoginKeys::Keys answered;
};

/// Logs in with the keys that iPXE offers, and no others (IpxeNegotiation), and logs out at once. The session
/// has a random identifier: that of the machine, should it run just now, stays as it is. Of `login`, the LUN
/// does not matter. Throws Error(failed) where nobody can connect, and LoginRefused where the target says no.
IpxeLogin ipxe_login(const Login& login);

}  // namespace san::iscsi
