// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

std::string sentence(std::string clause) {
  if (!clause.empty() && clause[0] >= 'a' && clause[0] <= 'z') clause[0] = static_cast<char>(clause[0] - 32);
  if (!clause.empty() && !clause.ends_with('.')) clause += '.';
  return clause;
}

Outcome judge_login(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  if (!facts->credentials_error.empty()) return see("TGT-07");
  if (!facts->connected()) return see("TGT-01");
  const std::string as = facts->initiator + (facts->mutual ? " with mutual CHAP"
                                             : facts->chap ? " with CHAP"
                                                           : " without CHAP");
  std::vector<Evidence> evidence;
  bool all = true;
  std::string remedy;
  for (const PathFacts& path : facts->paths) {
    if (path.named || !path.connect) continue;
    if (path.login.done) {
      evidence.push_back({shown_portal(path), "lets in " + as, {}});
      continue;
    }
    all = false;
    evidence.push_back({shown_portal(path), path.login.cause, "a login as " + as});
    if (remedy.empty()) remedy = path.login.hint;
  }
  if (!all) {
    Outcome outcome =
        fail(std::move(evidence), remedy.empty() ? "Look at the log of the target." : sentence(remedy));
    return facts->logged_in() ? lowered(std::move(outcome), Severity::warning) : outcome;
  }
  if (facts->initiator_known) return pass(std::move(evidence));
  return unknown(fmt::format("the target lets in {}, which is the name of this machine; under which name the "
                             "machine that is to boot logs in is not known",
                             facts->initiator),
                 "its boot profile (--profile), or its name (--initiator)");
}

}  // namespace

constexpr Check kTgt02{
    .id = "TGT-02",
    .severity = Severity::blocker,
    .scope = Scope::target,
    .title = "target refuses the login of the machine",
    .good = "target accepts the login of the machine",
    .about =
        "Logs in with the initiator name and the CHAP secrets of the boot profile, and at once out again.",
    .evaluate = judge_login};

}  // namespace san::preflight
