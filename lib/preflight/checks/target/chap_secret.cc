// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "boot/profile/profile_login.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome secrets(Subject& subject) {
  const boot::BootProfile* profile = subject.profile();
  const TargetFacts* facts = subject.target();
  const bool has_chap = profile != nullptr ? !profile->user.empty() : facts != nullptr && facts->chap;
  if (!has_chap) return not_applicable("the login is without CHAP");
  if (profile != nullptr) {
    try {
      boot::credentials(*profile);
    } catch (const Error& error) {
      return fail(
          {{error.object(), error.cause(), "a secret of 12 to 16 bytes that only its owner can read"}},
          error.hint().empty() ? "Put the secret into that file, mode 0600." : error.hint() + ".");
    }
  }
  if (facts != nullptr && !facts->credentials_error.empty())
    return fail({{"login", facts->credentials_error, {}}}, "Put the secret into its file, mode 0600.");
  if (facts != nullptr && facts->open_without_chap == true) {
    Outcome outcome =
        fail({{facts->target, fmt::format("lets in {} without CHAP, too", facts->initiator),
               "a target that wants CHAP"}},
             "Let the target ask for CHAP: whoever gives that name can read and write the disk.");
    outcome.lowered = Severity::warning;
    return outcome;
  }
  return pass({{"secrets", "12 to 16 bytes, readable by their owner only", {}}});
}

}  // namespace

constexpr Check kTgt07{.id = "TGT-07",
                       .severity = Severity::blocker,
                       .scope = Scope::target,
                       .title = "CHAP secret will not do",
                       .good = "CHAP secret is suitable",
                       .about =
                           "Secrets of 12 to 16 bytes, different in both directions, in files that only "
                           "their owner can read (RFC "
                           "7143, 9.2.1); and whether the target takes the login without CHAP as well.",
                       .evaluate = secrets,
                       .also = Scope::plan};

}  // namespace san::preflight
