// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome thin_reserve(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = no_lun(facts)) return *outcome;
  const iscsi::LunReport& report = *facts->good_path()->report;
  const auto thin = report.facts.thin();
  if (thin == false) return pass({{"READ CAPACITY(16)", "fully provisioned (LBPME 0)", {}}});
  Outcome outcome = unknown(thin ? "the LUN is thin: writes fail when its pool is full"
                                 : "the target does not tell whether the LUN is thin",
                            "a look at the free space of the pool, or of the file system, on the target");
  outcome.lowered = Severity::warning;
  return outcome;
}

}  // namespace

constexpr Check kTgt12{
    .id = "TGT-12",
    .severity = Severity::warning,
    .scope = Scope::target,
    .title = "thin LUN may run out of space",
    .good = "LUN has all its space reserved",
    .about =
        "READ CAPACITY(16) and VPD page B2h: whether it is thin. How much its pool has left only the target "
        "knows.",
    .evaluate = thin_reserve};

}  // namespace san::preflight
