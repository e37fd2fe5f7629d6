// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
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

/// Login part of a boot profile (boot/profile/profile_login.h).
struct ProfileLogin {
  std::string initiator;
  std::string user, secret_file;                ///< CHAP; empty for none
  std::string target_user, target_secret_file;  ///< mutual CHAP; empty for none
};

/// Login options of the command line.
struct LoginOptions {
  std::string initiator;         ///< --initiator
  std::string chap_user;         ///< --chap-user
  std::string chap_secret_file;  ///< --chap-secret-file
  /// Login of a boot profile, for everything that the options above leave open. A profile describes a
  /// machine's login completely: if there is one, nothing is read from the environment.
  std::optional<ProfileLogin> profile = std::nullopt;
};

/// Combines options, profile and environment into credentials. The user is `url_user`, else
/// `options.chap_user`, else that of the profile, else LIBISCSI_CHAP_USERNAME; the secret comes from the file
/// of the option or of the profile, else from LIBISCSI_CHAP_PASSWORD; mutual CHAP from the profile, else from
/// LIBISCSI_CHAP_TARGET_USERNAME and _PASSWORD. The initiator name is that of the option, else that of the
/// profile, else that of /etc/iscsi/initiatorname.iscsi, else one made from the host name. Throws
/// Error(usage) for a user without a secret, a secret without a user, a secret file that others can read, a
/// bad name, a name or secret of more than 255 bytes, a profile's secret that does not have 12 to 16 bytes,
/// and a profile with the same secret for both directions.
Credentials make_credentials(const LoginOptions& options, const std::string& url_user);

/// Reads the first line of a secret file, without its line feed. A regular file must give no access to group
/// or others. A FIFO (of a shell's process substitution, say) is read to its first line feed or its end, with
/// a timeout of 10 seconds. Throws Error(usage) that names the file, never its content, also for a device and
/// for a FIFO that stays silent; Error(interrupted) if a signal arrives while it waits for a FIFO.
Secret read_secret(const std::string& path);

/// Reads a secret that a machine is to boot with, like read_secret(). It must have at least 12 bytes (RFC
/// 7143, 9.2.1: 96 bits) and at most 16 (the limit of UEFI, of Intel's option ROMs and of Windows).
Secret read_boot_secret(const std::string& path);

}  // namespace san::iscsi
