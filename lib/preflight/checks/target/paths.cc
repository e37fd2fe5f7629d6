// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/text/table.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Returns the name of the path's LUN; empty if it has none.
std::string identity(const PathFacts& path) {
  return path.report->info.identity();
}

Outcome same_lun(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = no_lun(facts)) return *outcome;
  const PathFacts& first = *facts->good_path();
  std::vector<Evidence> good, bad, slow;
  bool unnamed = false;
  for (const PathFacts& path : facts->paths) {
    const std::string where = to_string(path.portal);
    if (!path.report) {
      // That nobody listens there, or lets us in, is said by TGT-01 and TGT-02.
      if (path.login.done) slow.push_back({where, path.no_report, "the LUN over every portal"});
      continue;
    }
    unnamed = unnamed || identity(path).empty();
    if (identity(path) != identity(first))
      bad.push_back({path.named ? "the LUN that was named" : where, "leads to " + printable(identity(path)),
                     printable(identity(first)) + ", as over " + to_string(first.portal)});
    else
      good.push_back({where, "leads to " + printable(identity(path)), {}});
    const iscsi::PortGroup* group = path.report->own_group();
    if (group == nullptr) continue;
    const char* const name = iscsi::access_state_name(group->state);
    const Evidence state{where, name != nullptr ? name : fmt::format("state {:X}h", group->state),
                         "active/optimized"};
    if (!iscsi::access_state_works(group->state))
      bad.push_back(state);
    else
      (group->state == 0 ? good : slow).push_back(state);
  }
  const std::string remedy =
      "Give portals of the same LUN that are active/optimized in the boot profile; examine the LUN that the "
      "profile names.";
  if (!bad.empty()) return fail(std::move(bad), remedy);
  if (!slow.empty() || (unnamed && facts->paths.size() > 1)) {
    Outcome outcome =
        slow.empty() ? unknown("the LUN has neither a serial number nor a designator", "a name of its own")
                     : fail(std::move(slow), remedy);
    outcome.lowered = Severity::warning;
    return outcome;
  }
  return pass(std::move(good));
}

}  // namespace

constexpr Check kTgt10{
    .id = "TGT-10",
    .severity = Severity::blocker,
    .scope = Scope::target,
    .title = "paths do not lead to the same LUN, or are not active",
    .good = "all paths lead to the same LUN and are active",
    .about =
        "VPD pages 80h and 83h over every portal; REPORT TARGET PORT GROUPS: the state of the port of each "
        "session.",
    .evaluate = same_lun};

}  // namespace san::preflight
