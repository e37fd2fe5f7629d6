// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/target/target_support.h"

#include <fmt/core.h>

namespace san::preflight {

std::string target_trouble(const TargetFacts& facts) {
  if (!facts.credentials_error.empty()) return "TGT-07";
  if (!facts.connected()) return "TGT-01";
  if (!facts.logged_in()) return "TGT-02";
  const PathFacts* path = facts.good_path();
  if (path == nullptr || !path->report->info.is_disk()) return "TGT-03";
  if (path->report->info.reserved_by_another) return "TGT-06";
  return path->report->info.not_ready == std::string() ? "" : "TGT-03";
}

Outcome see(const std::string& id) {
  return not_applicable(fmt::format("see {}: the LUN cannot be examined", id));
}

Outcome no_target() {
  return not_applicable("neither a LUN nor a boot profile was given");
}

std::optional<Outcome> no_lun(const TargetFacts* facts) {
  if (facts == nullptr) return no_target();
  if (const std::string trouble = target_trouble(*facts); !trouble.empty()) return see(trouble);
  return std::nullopt;
}

Outcome lowered(Outcome outcome, Severity severity) {
  outcome.lowered = severity;
  return outcome;
}

std::string shown_portal(const PathFacts& path) {
  const std::string portal = to_string(path.portal);
  return path.asked == path.portal ? portal : fmt::format("{} (asked at {})", portal, to_string(path.asked));
}

}  // namespace san::preflight
