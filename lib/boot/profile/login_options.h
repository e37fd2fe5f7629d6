// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "boot/profile/boot_profile.h"
#include "boot/profile/profile_cache.h"
#include "iscsi/login/credentials.h"

namespace san::boot {

/// Login options of the command line.
struct LoginOptions {
  std::string initiator;         ///< --initiator
  std::string chap_user;         ///< --chap-user
  std::string chap_secret_file;  ///< --chap-secret-file
  /// File of the boot profile for everything that the options above leave open; empty for none. A profile
  /// describes a machine's login completely: if there is one, nothing is read from the environment.
  std::string profile = {};
  std::shared_ptr<ProfileCache> profiles = std::make_shared<ProfileCache>();  ///< shared by copies

  /// Returns the profile; null if none is named. Throws like read_boot_profile().
  const BootProfile* boot_profile() const;
};

/// Combines options, profile and environment into credentials. The user is `url_user`, else
/// `options.chap_user`, else that of the profile, else LIBISCSI_CHAP_USERNAME; the secret comes from the file
/// of the option or of the profile, else from LIBISCSI_CHAP_PASSWORD; mutual CHAP from the profile, else from
/// LIBISCSI_CHAP_TARGET_USERNAME and _PASSWORD. The initiator name is that of the option, else that of the
/// profile, else iscsi::machine_initiator(). Throws Error(usage) for a user without a secret, a secret
/// without a user, a secret file that others can read, a bad name, a name or secret of more than
/// iscsi::kMaxChapText bytes, and for secrets of a profile that break a rule of iscsi::boot_secret_fault().
iscsi::Credentials make_credentials(const LoginOptions& options, const std::string& url_user);

/// Combines the options with that profile in place of their own; null for none.
iscsi::Credentials make_credentials(const LoginOptions& options, const BootProfile* profile,
                                    const std::string& url_user);

}  // namespace san::boot
