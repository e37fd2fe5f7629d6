// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome write_cache(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = no_lun(facts)) return *outcome;
  const iscsi::LunReport& report = *facts->good_path()->report;
  if (!report.info.mode.write_cache)
    return unknown("the target does not tell by MODE SENSE, page 08h, whether it has a write cache",
                   "a look at the target's configuration");
  const Evidence fua{"MODE SENSE",
                     report.info.mode.dpofua ? fmt::format("DPOFUA {}", *report.info.mode.dpofua ? 1 : 0)
                                             : "DPOFUA not reported",
                     {}};
  if (!*report.info.mode.write_cache)
    return pass({{"MODE SENSE, page 08h", "no write cache (WCE 0)", {}}, fua});
  const Evidence cache{"MODE SENSE, page 08h", "write cache (WCE 1)", {}};
  const auto sync =
      std::find_if(report.commands.begin(), report.commands.end(),
                   [](const iscsi::CommandSupport& one) { return one.name == "SYNCHRONIZE CACHE(16)"; });
  if (sync != report.commands.end() && sync->supported == false)
    return fail(
        {cache, {"SYNCHRONIZE CACHE(16)", "not known to the target", "a way to flush the cache"}, fua},
        "Switch the write cache of the LUN off on the target: what the machine has written is lost when the "
        "target loses power.");
  return pass(
      {cache,
       {"SYNCHRONIZE CACHE(16)",
        sync != report.commands.end() && sync->supported == true ? "there" : "not listed by the target",
        {}},
       fua});
}

}  // namespace

constexpr Check kTgt08{.id = "TGT-08",
                       .severity = Severity::warning,
                       .scope = Scope::target,
                       .title = "write cache that cannot be flushed",
                       .good = "write cache is off or can be flushed",
                       .about = "MODE SENSE, page 08h (WCE), and whether SYNCHRONIZE CACHE is known.",
                       .evaluate = write_cache};

}  // namespace san::preflight
