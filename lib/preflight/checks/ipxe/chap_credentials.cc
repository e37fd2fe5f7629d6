// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/profile_login.h"
#include "core/text/table.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Characters that a secret or a name loses on its way through the configuration of a DHCP server.
bool is_fragile(const std::string& text) {
  return text.find_first_of(" \t,;:\"'\\#") != std::string::npos;
}

Outcome credentials_mix(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_profile();
  if (plan->user.empty() && !plan->target_user.empty())
    return fail({{printable(plan->path), "mutual CHAP without CHAP", "a user"}},
                "Give the machine a user and a secret, too: iPXE refuses that as a bad credential mix.");
  if (plan->user.empty()) return pass({{printable(plan->path), "no CHAP", {}}});
  const iscsi::Credentials auth = boot::credentials(*plan);
  std::vector<Evidence> bad;
  const auto look = [&bad, plan](const std::string& text, const std::string& what) {
    if (is_fragile(text))
      bad.push_back(
          {printable(plan->path), what + " has a space or a mark of punctuation", "letters and digits"});
  };
  look(auth.user, "the user");
  look(auth.secret, "the secret");
  look(auth.target_user, "the target's user");
  look(auth.target_secret, "the target's secret");
  if (bad.empty())
    return pass({{printable(plan->path), auth.target_user.empty() ? "CHAP" : "mutual CHAP", {}}});
  Outcome outcome = fail(std::move(bad),
                         "DHCP servers and iPXE scripts give such characters a meaning of their own: use "
                         "letters, digits, '.' and '-'.");
  outcome.lowered = Severity::warning;
  return outcome;
}

}  // namespace

constexpr Check kIpxe03{.id = "IPXE-03",
                        .severity = Severity::blocker,
                        .scope = Scope::plan,
                        .title = "CHAP credentials would not reach the target as they are",
                        .good = "CHAP credentials would reach the target unchanged",
                        .about =
                            "No mutual CHAP without CHAP; and no characters in names and secrets that get "
                            "lost in the configuration "
                            "of a DHCP server (a warning).",
                        .evaluate = credentials_mix};

}  // namespace san::preflight
