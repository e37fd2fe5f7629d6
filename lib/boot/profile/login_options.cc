// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/login_options.h"

#include <fmt/core.h>

#include <initializer_list>

#include "boot/profile/profile_login.h"
#include "core/error.h"
#include "core/hint_id.h"
#include "iscsi/address/iscsi_name.h"
#include "iscsi/address/limits.h"
#include "iscsi/login/boot_secret.h"

namespace san::boot {
namespace {

std::string initiator_name(const LoginOptions& options, const BootProfile* profile) {
  if (!options.initiator.empty()) return iscsi::iscsi_name(options.initiator, setting("initiator"));
  return profile != nullptr ? profile->initiator : iscsi::machine_initiator();
}

void check_halves(const iscsi::Credentials& found) {
  if (found.user.empty() == found.secret.empty()) return;
  throw Error(
      Exit::usage, found.user.empty() ? setting("chap-secret-file") : setting("chap-user") + " " + found.user,
      found.user.empty() ? "there is a CHAP secret but no user" : "there is a CHAP user but no secret",
      Hint(HintId::whole_chap_login, "give both, or set LIBISCSI_CHAP_USERNAME and LIBISCSI_CHAP_PASSWORD"));
}

/// Adds the credentials of the target (mutual CHAP).
void add_target(const BootProfile& profile, iscsi::Credentials& result) {
  if (profile.target_secret_file.empty()) return;
  const std::string file = secret_path(profile, profile.target_secret_file);
  result.target_user = profile.target_user;
  result.target_secret = iscsi::read_boot_secret(file);
  if (iscsi::boot_secret_fault(result.target_secret, result.secret) == iscsi::SecretFault::reflected)
    throw Error(Exit::usage, file, "holds the secret of the other direction, which must be different",
                "RFC 7143 (9.2.1) forbids one secret for both");
}

void check_environment(const iscsi::Credentials& found) {
  if (found.target_user.empty() != found.target_secret.empty())
    throw Error(Exit::usage, "mutual CHAP",
                "needs both LIBISCSI_CHAP_TARGET_USERNAME and LIBISCSI_CHAP_TARGET_PASSWORD");
  if (!found.target_user.empty() && found.user.empty())
    throw Error(Exit::usage, "mutual CHAP",
                "the target cannot be asked to prove itself without a CHAP user of our own",
                Hint(HintId::chap_login_too, "give a CHAP user and its secret, too"));
}

}  // namespace

const BootProfile* LoginOptions::boot_profile() const {
  return profile.empty() ? nullptr : &profiles->read(profile);
}

iscsi::Credentials make_credentials(const LoginOptions& options, const std::string& url_user) {
  return make_credentials(options, options.boot_profile(), url_user);
}

iscsi::Credentials make_credentials(const LoginOptions& options, const BootProfile* profile,
                                    const std::string& url_user) {
  iscsi::Credentials result = profile == nullptr ? iscsi::environment_credentials() : iscsi::Credentials();
  result.initiator = initiator_name(options, profile);
  if (profile != nullptr) result.user = profile->user;
  if (!options.chap_user.empty()) result.user = options.chap_user;
  if (!url_user.empty()) result.user = url_user;
  if (!options.chap_secret_file.empty())
    result.secret = iscsi::read_secret(options.chap_secret_file);
  else if (profile != nullptr && !profile->secret_file.empty())
    result.secret = iscsi::read_boot_secret(secret_path(*profile, profile->secret_file));
  check_halves(result);
  if (profile != nullptr)
    add_target(*profile, result);
  else
    check_environment(result);
  for (const std::string* text : std::initializer_list<const std::string*>{
           &result.user, &result.secret, &result.target_user, &result.target_secret})
    if (text->size() > iscsi::kMaxChapText)
      throw Error(Exit::usage, "CHAP",
                  fmt::format("a name or secret has more than {} bytes", iscsi::kMaxChapText));
  return result;
}

}  // namespace san::boot
