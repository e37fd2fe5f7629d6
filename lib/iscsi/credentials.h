// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::iscsi {

/// Who logs in, and how. Secrets never leave this structure but towards libiscsi.
struct Credentials {
  std::string initiator;                   ///< initiator name
  std::string user, secret;                ///< CHAP; empty for none
  std::string target_user, target_secret;  ///< mutual CHAP: what the target must prove; empty for none
};

/// What a command line says about the login.
struct LoginOptions {
  std::string initiator;         ///< --initiator
  std::string chap_user;         ///< --chap-user
  std::string chap_secret_file;  ///< --chap-secret-file
};

/// Puts the parts together. The user is `url_user`, else `options.chap_user`, else LIBISCSI_CHAP_USERNAME;
/// the secret comes from the file, else from LIBISCSI_CHAP_PASSWORD; mutual CHAP from
/// LIBISCSI_CHAP_TARGET_USERNAME and _PASSWORD. The initiator name is the option, else that of
/// /etc/iscsi/initiatorname.iscsi, else one made of the host's name.
/// Throws Error(usage) for a user without a secret, a secret without a user, a file that others can read, and
/// a bad name.
Credentials make_credentials(const LoginOptions& options, const std::string& url_user);

/// The first line of a secret file, without its line feed. The file must not be readable or writable by group
/// or others. Throws Error(usage) that names the file, never its content.
std::string read_secret(const std::string& path);

}  // namespace san::iscsi
