// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/secret.h"

namespace san::iscsi {

/// Initiator name and CHAP credentials of a login. Secrets leave this structure only towards libiscsi.
struct Credentials {
  std::string initiator;  ///< initiator name
  std::string user;       ///< CHAP; empty for none
  Secret secret;
  std::string target_user;  ///< mutual CHAP: name that the target must prove; empty for none
  Secret target_secret;
};

/// Returns the initiator name of this machine: that of /etc/iscsi/initiatorname.iscsi, so that the target's
/// access rules fit, else one made from the host name. Throws Error(usage) for a bad name.
std::string machine_initiator();

/// Returns what LIBISCSI_CHAP_USERNAME, _PASSWORD, _TARGET_USERNAME and _TARGET_PASSWORD hold, unchecked.
Credentials environment_credentials();

/// Reads the first line of a secret file, without its line feed. A regular file must give no access to group
/// or others. A FIFO (of a shell's process substitution, say) is read to its first line feed or its end, with
/// a timeout of 10 seconds. Throws Error(usage) that names the file, never its content, also for a device and
/// for a FIFO that stays silent; Error(interrupted) if a signal arrives while it waits for a FIFO.
Secret read_secret(const std::string& path);

}  // namespace san::iscsi
