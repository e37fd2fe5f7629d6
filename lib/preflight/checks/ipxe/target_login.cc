// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/text/table.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome ipxe_parameters(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  if (const std::string trouble = target_trouble(*facts);
      trouble == "TGT-07" || trouble == "TGT-01" || trouble == "TGT-02")
    return see(trouble);
  std::vector<Evidence> good, bad;
  for (const PathFacts& path : facts->paths) {
    if (path.named || !path.login.done) continue;
    const std::string where = to_string(path.portal);
    if (!path.ipxe.done) {
      bad.push_back({where, path.ipxe.cause, "a login with iPXE's parameters"});
      continue;
    }
    std::string keys;
    for (const auto& [key, value] : path.keys->answered)
      if (key == "MaxRecvDataSegmentLength" || key == "MaxBurstLength" || key == "InitialR2T" ||
          key == "ImmediateData" || key == "HeaderDigest" || key == "DataDigest")
        keys += (keys.empty() ? "" : ", ") + printable(key) + "=" + printable(value);
    good.push_back(
        {where, fmt::format("logged in{}; {}", path.keys->chap ? " by CHAP with MD5" : "", keys), {}});
  }
  if (bad.empty()) return pass(std::move(good));
  Outcome outcome = fail(std::move(bad),
                         "Let the target take what iPXE offers: no digests, InitialR2T=Yes, "
                         "ImmediateData=No, MaxRecvDataSegmentLength=8192, CHAP with MD5.");
  if (!good.empty()) outcome.lowered = Severity::warning;
  return outcome;
}

}  // namespace

constexpr Check kIpxe04{.id = "IPXE-04",
                        .severity = Severity::blocker,
                        .scope = Scope::target,
                        .title = "target does not take iPXE's login",
                        .good = "target accepts iPXE's login",
                        .about =
                            "Logs in with the keys that iPXE offers, and no others: "
                            "MaxRecvDataSegmentLength=8192, InitialR2T=Yes, "
                            "ImmediateData=No, no digests, CHAP with MD5.",
                        .evaluate = ipxe_parameters};

}  // namespace san::preflight
