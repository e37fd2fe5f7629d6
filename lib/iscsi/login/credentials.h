// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/secret.h"

namespace san::iscsi {

/// Who logs in, and how. Secrets never leave this structure but towards libiscsi.
struct Credentials {
  std::string initiator;  ///< initiator name
  std::string user;       ///< CHAP; empty for none
  Secret secret;
  std::string target_user;  ///< mutual CHAP: what the target must prove; empty for none
  Secret target_secret;
};

/// What a boot profile says about the login (boot/profile_login.h).
struct ProfileLogin {
  std::string initiator;
  std::string user, secret_file;                ///< CHAP; empty for none
  std::string target_user, target_secret_file;  ///< mutual CHAP; empty for none
};

/// What a command line says about the login.
struct LoginOptions {
  std::string initiator;         ///< --initiator
  std::string chap_user;         ///< --chap-user
  std::string chap_secret_file;  ///< --chap-secret-file
  /// What the options above leave open. A profile is the whole truth about a machine's login: where there is
  /// one, nothing comes from the environment.
  std::optional<ProfileLogin> profile = std::nullopt;
};

/// Puts the parts together. The user is `url_user`, else `options.chap_user`, else that of the profile, else
/// LIBISCSI_CHAP_USERNAME; the secret comes from the file of the option or of the profile, else from
/// LIBISCSI_CHAP_PASSWORD; mutual CHAP from the profile, else from LIBISCSI_CHAP_TARGET_USERNAME and
/// _PASSWORD. The initiator name is the option, else that of the profile, else that of
/// /etc/iscsi/initiatorname.iscsi, else one made of the host's name.
/// Throws Error(usage) for a user without a secret, a secret without a user, a file that others can read, a
/// bad name, a secret of a profile of another length than 12 to 16 bytes, and two that are the same.
Credentials make_credentials(const LoginOptions& options, const std::string& url_user);

/// The first line of a secret file, without its line feed. The file must not be readable or writable by group
/// or others. A FIFO (of a shell's process substitution, say) is read to its first line feed or its end, and
/// waited for 10 seconds at most. Throws Error(usage) that names the file, never its content: also for a
/// device, and for a FIFO that stays silent; Error(interrupted) where a signal comes while one is waited for.
Secret read_secret(const std::string& path);

/// The same for a secret that a machine is to boot with: 12 bytes at least (RFC 7143, 9.2.1: 96 bits) and 16
/// at most (what the fields of UEFI and of Intel's option ROMs take, and Windows).
Secret read_boot_secret(const std::string& path);

}  // namespace san::iscsi
