// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/text/table.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome lun_present(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  const std::string trouble = target_trouble(*facts);
  if (trouble == "TGT-01" || trouble == "TGT-02" || trouble == "TGT-07") return see(trouble);
  const std::string where = fmt::format("{}, LUN {}", facts->target, facts->lun);
  const PathFacts* path = facts->good_path();
  if (path == nullptr) {
    std::vector<Evidence> evidence;
    for (const PathFacts& one : facts->paths) {
      if (one.named || !one.login.done) continue;
      evidence.push_back({where, one.no_report, "a disk"});
      if (!one.luns.empty())
        evidence.push_back({shown_portal(one), fmt::format("it has LUN {}", fmt::join(one.luns, ", ")), {}});
    }
    return fail(
        std::move(evidence),
        fmt::format("Map the LUN to {} on the target, or put the number that it has into the boot profile.",
                    facts->initiator));
  }
  const iscsi::LunReport& report = *path->report;
  if (!report.info.is_disk())
    return fail({{where, iscsi::device_type_name(report.info.inquiry->device_type), "disk"}},
                "Give the number of the disk: with tgt LUN 0 is a controller, and the first disk is LUN 1.");
  if (!report.info.not_ready) return unknown("TEST UNIT READY got no answer", "a target that answers");
  if (!report.info.not_ready->empty() && !report.info.reserved_by_another)
    return fail({{where, *report.info.not_ready, "ready"}}, "Bring the LUN online on the target.");
  return pass({{where,
                fmt::format("disk, {} {}", printable(report.info.inquiry->vendor),
                            printable(report.info.inquiry->product)),
                {}}});
}

}  // namespace

constexpr Check kTgt03{
    .id = "TGT-03",
    .severity = Severity::blocker,
    .scope = Scope::target,
    .title = "LUN is missing, or is no disk, or is offline",
    .good = "LUN is present, is a disk and is online",
    .about = "INQUIRY and TEST UNIT READY; where there is no such LUN, REPORT LUNS tells which there are.",
    .evaluate = lun_present};

}  // namespace san::preflight
