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
  const auto thin = report.info.thin();
  if (thin == false) return pass({{"READ CAPACITY(16)", "fully provisioned (LBPME 0)", {}}});
  if (!thin)
    return unknown("the target does not tell whether the LUN is thin",
                   "a look at the free space of the pool, or of the file system, on the target");
  return fail(
      {{"READ CAPACITY(16)", "thin (LBPME 1): writes fail when its pool is full",
        "a LUN with all its space reserved"}},
      "See on the target that the pool, or the file system, has room for all of the LUN, and watch it.");
}

}  // namespace

constexpr Check kTgt12{.id = "TGT-12",
                       .severity = Severity::warning,
                       .scope = Scope::target,
                       .title = "thin LUN may run out of space",
                       .good = "LUN has all its space reserved",
                       .about =
                           "READ CAPACITY(16): the warning is that the LUN is thin (LBPME 1). How much room "
                           "its pool has left only "
                           "the target knows.",
                       .evaluate = thin_reserve};

}  // namespace san::preflight
