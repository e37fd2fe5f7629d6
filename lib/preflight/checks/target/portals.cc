// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome reachable(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  std::vector<Evidence> evidence;
  bool all = true;
  for (const PathFacts& path : facts->paths) {
    if (path.named) continue;
    all = all && path.connect;
    if (path.connect)
      evidence.push_back(
          {shown_portal(path),
           fmt::format("takes a connection, in {:.1f} ms", static_cast<double>(path.connect->count()) / 1000),
           {}});
    else
      evidence.push_back({shown_portal(path), fmt::format("takes no connection: {}", path.no_connection),
                          "an iSCSI target that listens"});
  }
  if (all) return pass(std::move(evidence));
  Outcome outcome =
      fail(std::move(evidence),
           "Start the target, and open its TCP port in every firewall between. Where only the machine itself "
           "can reach the portal, say how this one does: reach in [target] of the boot profile.");
  return facts->connected() ? lowered(std::move(outcome), Severity::warning) : outcome;
}

}  // namespace

constexpr Check kTgt01{.id = "TGT-01",
                       .severity = Severity::blocker,
                       .scope = Scope::target,
                       .title = "portal is not reachable",
                       .good = "every portal is reachable",
                       .about =
                           "Connects by TCP to every portal of the boot profile (or of the URL), through "
                           "`reach` where the profile "
                           "has it.",
                       .evaluate = reachable};

}  // namespace san::preflight
