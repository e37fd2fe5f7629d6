// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <chrono>

#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using std::chrono::microseconds;

std::string milliseconds(microseconds time) {
  return fmt::format("{:.2f} ms", static_cast<double>(time.count()) / 1000);
}

Outcome latency(Subject& subject) {
  // A boot is some ten thousand reads, one after the other: 10 ms each are minutes.
  constexpr microseconds kSlow{10'000}, kStall{500'000};
  const TargetFacts* facts = subject.target();
  if (auto outcome = no_lun(facts)) return *outcome;
  if (facts->latencies.empty())
    return unknown(fmt::format("reads of the LUN cannot be timed: {}", facts->no_latencies),
                   "a LUN that can be read");
  const microseconds median = *facts->latency(0.5), slow = *facts->latency(0.99),
                     worst = facts->latencies.back();
  const bool quick = median < kSlow && worst < kStall && facts->no_latencies.empty();
  std::vector<Evidence> evidence{
      {fmt::format("{} reads of 4 KiB", facts->latencies.size()),
       fmt::format("median {}, 99 % within {}, slowest {}", milliseconds(median), milliseconds(slow),
                   milliseconds(worst)),
       quick ? ""
             : fmt::format("median below {}, none above {}", milliseconds(kSlow), milliseconds(kStall))}};
  if (!facts->no_latencies.empty()) evidence.push_back({"reads", facts->no_latencies, "no failure"});
  if (quick) return pass(std::move(evidence));
  return fail(std::move(evidence),
              "Look for what is slow between here and the disks of the target: sanlun bench tells more.");
}

}  // namespace

constexpr Check kTgt09{
    .id = "TGT-09",
    .severity = Severity::warning,
    .scope = Scope::target,
    .title = "LUN answers slowly",
    .good = "LUN answers quickly",
    .about = "Four dozen reads of 4 KiB all over the LUN, one at a time: median and the slowest.",
    .evaluate = latency};

}  // namespace san::preflight
