// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"
#include "target/registry/target_registry.h"

namespace san::preflight {
namespace {

Outcome writable(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  if (const std::string trouble = target_trouble(*facts); !trouble.empty()) return see(trouble);
  const iscsi::LunReport& report = *facts->good_path()->report;
  const bool reserved = report.reservation && !report.reservation->empty();
  if (!report.info.mode.write_protected && reserved)
    return see("TGT-06");  // which MODE SENSE may run into, too
  if (!report.info.mode.write_protected)
    return unknown("the target does not tell by MODE SENSE whether the LUN is write protected",
                   "a look at the target's configuration");
  if (!*report.info.mode.write_protected) return pass({{"MODE SENSE", "not write protected", {}}});
  std::string remedy = "Let the target take writes to the LUN";
  const auto lines = target::fix_lines(
      target::fixed_lun(*report.info.inquiry, report.info.designators, facts->target, facts->lun),
      &target::TargetSoftware::writable_lines);
  remedy += lines.empty() ? "." : fmt::format("; on it: {}", fmt::join(lines, "; "));
  return fail({{"MODE SENSE", "write protected", "a LUN that takes writes"}}, remedy);
}

}  // namespace

constexpr Check kTgt05{.id = "TGT-05",
                       .severity = Severity::blocker,
                       .scope = Scope::target,
                       .title = "LUN is write protected",
                       .good = "LUN is writable",
                       .about = "MODE SENSE, bit WP. Nothing is written to try it.",
                       .evaluate = writable};

}  // namespace san::preflight
