// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/profile/profile_login.h"
#include "core/text/table.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/facts/subject.h"
#include "target/advice/target_kind.h"

namespace san::preflight {
namespace {

using std::chrono::microseconds;

/// What keeps a check of the LUN from being applicable; nothing where the LUN can be looked at.
std::optional<Outcome> obstacle(const TargetFacts* facts) {
  if (facts == nullptr) return not_applicable("neither a LUN nor a boot profile was given");
  if (const std::string trouble = target_trouble(*facts); !trouble.empty()) return see(trouble);
  return std::nullopt;
}

std::string milliseconds(microseconds time) {
  return fmt::format("{:.2f} ms", static_cast<double>(time.count()) / 1000);
}

/// What the path's LUN is called; empty: it has no name.
std::string identity(const PathFacts& path) {
  return path.report->info.identity();
}

}  // namespace

Outcome secrets(Subject& subject) {
  const boot::BootProfile* profile = subject.profile();
  const TargetFacts* facts = subject.target();
  const bool has_chap = profile != nullptr ? !profile->user.empty() : facts != nullptr && facts->chap;
  if (!has_chap) return not_applicable("the login is without CHAP");
  if (profile != nullptr) {
    try {
      boot::credentials(*profile);
    } catch (const Error& error) {
      return fail(
          {{error.object(), error.cause(), "a secret of 12 to 16 bytes that only its owner can read"}},
          error.hint().empty() ? "Put the secret into that file, mode 0600." : error.hint() + ".");
    }
  }
  if (facts != nullptr && !facts->credentials_error.empty())
    return fail({{"login", facts->credentials_error, {}}}, "Put the secret into its file, mode 0600.");
  if (facts != nullptr && facts->open_without_chap == true) {
    Outcome outcome =
        fail({{facts->target, fmt::format("lets in {} without CHAP, too", facts->initiator),
               "a target that wants CHAP"}},
             "Let the target ask for CHAP: whoever gives that name can read and write the disk.");
    outcome.lowered = Severity::warning;
    return outcome;
  }
  return pass({{"secrets", "12 to 16 bytes, readable by their owner only", {}}});
}

Outcome write_cache(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = obstacle(facts)) return *outcome;
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

Outcome latency(Subject& subject) {
  // A boot is some ten thousand reads, one after the other: 10 ms each are minutes.
  constexpr microseconds kSlow{10'000}, kStall{500'000};
  const TargetFacts* facts = subject.target();
  if (auto outcome = obstacle(facts)) return *outcome;
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

Outcome same_lun(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = obstacle(facts)) return *outcome;
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

Outcome nop_in(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = obstacle(facts)) return *outcome;
  std::string look = "a look at the target's timeout for NOP-In";
  // lio: targetcli's nopin_timeout and nopin_response_timeout; tgt: tgtadm(8), nop_interval, which is 0,
  // never, where nobody has set it.
  switch (iscsi::target_kind(*facts->good_path()->report->info.inquiry)) {
    case iscsi::TargetKind::lio:
      look = "nopin_timeout and nopin_response_timeout of the ACL, attribute (targetcli); long ones are good";
      break;
    case iscsi::TargetKind::tgt:
      look = "nop_interval of the target, in tgtadm --op show or targets.conf; 0 is never, and good";
      break;
    case iscsi::TargetKind::istgt:
      look = "NopInInterval and Timeout in istgt.conf; 0 is never, and good";
      break;
    default:
      break;
  }
  Outcome outcome =
      unknown("iPXE does not answer NOP-In; what the target makes of that cannot be seen from here", look);
  outcome.lowered = Severity::warning;
  return outcome;
}

Outcome thin_reserve(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (auto outcome = obstacle(facts)) return *outcome;
  const iscsi::LunReport& report = *facts->good_path()->report;
  const auto thin = report.info.thin();
  if (thin == false) return pass({{"READ CAPACITY(16)", "fully provisioned (LBPME 0)", {}}});
  Outcome outcome = unknown(thin ? "the LUN is thin: writes fail when its pool is full"
                                 : "the target does not tell whether the LUN is thin",
                            "a look at the free space of the pool, or of the file system, on the target");
  outcome.lowered = Severity::warning;
  return outcome;
}

Outcome ipxe_parameters(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return not_applicable("neither a LUN nor a boot profile was given");
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

}  // namespace san::preflight
