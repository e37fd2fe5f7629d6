// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/target/target_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text/table.h"
#include "preflight/facts/subject.h"
#include "target/advice/fix_commands.h"
#include "target/advice/target_kind.h"

namespace san::preflight {
namespace {

Outcome no_target() {
  return not_applicable("neither a LUN nor a boot profile was given");
}

Outcome lowered(Outcome outcome, Severity severity) {
  outcome.lowered = severity;
  return outcome;
}

/// "10.0.2.2:3260", and where it was asked in its place.
std::string place(const PathFacts& path) {
  const std::string portal = to_string(path.portal);
  return path.asked == path.portal ? portal : fmt::format("{} (asked at {})", portal, to_string(path.asked));
}

std::string sentence(std::string clause) {
  if (!clause.empty() && clause[0] >= 'a' && clause[0] <= 'z') clause[0] = static_cast<char>(clause[0] - 32);
  if (!clause.empty() && !clause.ends_with('.')) clause += '.';
  return clause;
}

Outcome reachable(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  std::vector<Evidence> evidence;
  bool all = true;
  for (const PathFacts& path : facts->paths) {
    if (path.named) continue;
    all = all && path.connect;
    if (path.connect)
      evidence.push_back(
          {place(path),
           fmt::format("takes a connection, in {:.1f} ms", static_cast<double>(path.connect->count()) / 1000),
           {}});
    else
      evidence.push_back({place(path), fmt::format("takes no connection: {}", path.no_connection),
                          "an iSCSI target that listens"});
  }
  if (all) return pass(std::move(evidence));
  Outcome outcome =
      fail(std::move(evidence),
           "Start the target, and open its TCP port in every firewall between. Where only the machine itself "
           "can reach the portal, say how this one does: reach in [target] of the boot profile.");
  return facts->connected() ? lowered(std::move(outcome), Severity::warning) : outcome;
}

Outcome login(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  if (!facts->credentials_error.empty()) return see("TGT-07");
  if (!facts->connected()) return see("TGT-01");
  const std::string as = facts->initiator + (facts->mutual ? " with mutual CHAP"
                                             : facts->chap ? " with CHAP"
                                                           : " without CHAP");
  std::vector<Evidence> evidence;
  bool all = true;
  std::string remedy;
  for (const PathFacts& path : facts->paths) {
    if (path.named || !path.connect) continue;
    if (path.login.done) {
      evidence.push_back({place(path), "lets in " + as, {}});
      continue;
    }
    all = false;
    evidence.push_back({place(path), path.login.cause, "a login as " + as});
    if (remedy.empty()) remedy = path.login.hint;
  }
  if (!all) {
    Outcome outcome =
        fail(std::move(evidence), remedy.empty() ? "Look at the log of the target." : sentence(remedy));
    return facts->logged_in() ? lowered(std::move(outcome), Severity::warning) : outcome;
  }
  if (facts->initiator_known) return pass(std::move(evidence));
  return unknown(fmt::format("the target lets in {}, which is the name of this machine; under which name the "
                             "machine that is to boot logs in is not known",
                             facts->initiator),
                 "its boot profile (--profile), or its name (--initiator)");
}

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
        evidence.push_back({place(one), fmt::format("it has LUN {}", fmt::join(one.luns, ", ")), {}});
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
  const iscsi::TargetLun target_lun{iscsi::target_kind(*report.info.inquiry), facts->target, facts->lun,
                                    iscsi::tgt_number(report.info.designators)};
  const auto lines = iscsi::writable_lines(target_lun);
  remedy += lines.empty() ? "." : fmt::format("; on it: {}", fmt::join(lines, "; "));
  return fail({{"MODE SENSE", "write protected", "a LUN that takes writes"}}, remedy);
}

/// Who has reserved the LUN, as far as the target tells.
std::string holders(const iscsi::LunReport& report) {
  std::string names;
  for (const iscsi::Registrant& one : report.registrants.value_or(std::vector<iscsi::Registrant>()))
    if (one.holder)
      names += (names.empty() ? "" : ", ") +
               (one.initiator.empty() ? "an initiator without a name" : printable(one.initiator));
  return names.empty() ? "an initiator that the target does not name" : names;
}

Outcome reservations(Subject& subject) {
  const TargetFacts* facts = subject.target();
  if (facts == nullptr) return no_target();
  if (const std::string trouble = target_trouble(*facts); !trouble.empty() && trouble != "TGT-06")
    return see(trouble);
  const iscsi::LunReport& report = *facts->good_path()->report;
  const std::string remedy =
      "Shut down whoever uses the LUN. A reservation that outlived its owner is cleared by sg_persist --out "
      "--clear with the owner's key, or on the target.";
  const bool reserved = report.reservation && !report.reservation->empty();
  if (reserved) {
    const iscsi::Reservation& one = report.reservation->front();
    const Evidence evidence{"PERSISTENT RESERVE IN",
                            fmt::format("reserved by {}, {}, key 0x{:x}", holders(report),
                                        iscsi::reservation_type_name(one.type), one.key),
                            "no reservation"};
    Outcome outcome = fail({evidence}, remedy);
    return holders(report) == facts->initiator ? lowered(std::move(outcome), Severity::warning) : outcome;
  }
  if (report.info.reserved_by_another)
    return fail({{"TEST UNIT READY", "RESERVATION CONFLICT: another initiator has reserved the LUN",
                  "no reservation"}},
                remedy);
  const Evidence others{
      "sessions", "who else is logged in cannot be seen from here; the target can list it", {}};
  if (report.keys && !report.keys->keys.empty())
    return lowered(fail({{"PERSISTENT RESERVE IN",
                          fmt::format("{} registered, without a reservation",
                                      report.keys->keys.size() == 1
                                          ? "1 initiator is"
                                          : fmt::format("{} initiators are", report.keys->keys.size())),
                          "nobody else uses the LUN"},
                         others},
                        remedy),
                   Severity::warning);
  if (!report.complete && !report.keys)
    return unknown("the target does not answer PERSISTENT RESERVE IN",
                   "a look at the target's list of sessions");
  return pass({{"PERSISTENT RESERVE IN",
                report.keys ? "no reservation, nobody registered" : "not known to the target",
                {}},
               others});
}

constexpr Check kChecks[] = {
    {"TGT-01", Severity::blocker, Scope::target, "portal is not reachable", "every portal is reachable",
     "Connects by TCP to every portal of the boot profile (or of the URL), through `reach` where the profile "
     "has it.",
     reachable},
    {"TGT-02", Severity::blocker, Scope::target, "target refuses the login of the machine",
     "target accepts the login of the machine",
     "Logs in with the initiator name and the CHAP secrets of the boot profile, and at once out again.",
     login},
    {"TGT-03", Severity::blocker, Scope::target, "LUN is missing, or is no disk, or is offline",
     "LUN is present, is a disk and is online",
     "INQUIRY and TEST UNIT READY; where there is no such LUN, REPORT LUNS tells which there are.",
     lun_present},
    {"TGT-04", Severity::blocker, Scope::target, "LUN is too small, or the partition table does not fit it",
     "LUN is large enough, and the partition table fits it",
     "The size against --source, or against the image; block size of LUN and partition table; both copies of "
     "a GPT, of which the backup has to be in the last block.",
     size_and_table, Scope::disk},
    {"TGT-05", Severity::blocker, Scope::target, "LUN is write protected", "LUN is writable",
     "MODE SENSE, bit WP. Nothing is written to try it.", writable},
    {"TGT-06", Severity::blocker, Scope::target, "LUN is reserved by another",
     "LUN is free of reservations by others",
     "Persistent reservations and registered keys, and RESERVATION CONFLICT. Other sessions cannot be seen "
     "from an initiator.",
     reservations},
    {"TGT-07", Severity::blocker, Scope::target, "CHAP secret will not do", "CHAP secret is suitable",
     "Secrets of 12 to 16 bytes, different in both directions, in files that only their owner can read (RFC "
     "7143, 9.2.1); and whether the target takes the login without CHAP as well.",
     secrets, Scope::plan},
    {"TGT-08", Severity::warning, Scope::target, "write cache that cannot be flushed",
     "write cache is off or can be flushed",
     "MODE SENSE, page 08h (WCE), and whether SYNCHRONIZE CACHE is known.", write_cache},
    {"TGT-09", Severity::warning, Scope::target, "LUN answers slowly", "LUN answers quickly",
     "Four dozen reads of 4 KiB all over the LUN, one at a time: median and the slowest.", latency},
    {"TGT-10", Severity::blocker, Scope::target, "paths do not lead to the same LUN, or are not active",
     "all paths lead to the same LUN and are active",
     "VPD pages 80h and 83h over every portal; REPORT TARGET PORT GROUPS: the state of the port of each "
     "session.",
     same_lun},
    {"TGT-11", Severity::warning, Scope::target, "target drops initiators that do not answer NOP-In",
     "target keeps initiators that do not answer NOP-In",
     "iPXE does not answer it. What the target does is in its configuration, which an initiator cannot read: "
     "always unknown.",
     nop_in},
    {"TGT-12", Severity::warning, Scope::target, "thin LUN may run out of space",
     "LUN has all its space reserved",
     "READ CAPACITY(16) and VPD page B2h: whether it is thin. How much its pool has left only the target "
     "knows.",
     thin_reserve},
    {"IPXE-04", Severity::blocker, Scope::target, "target does not take iPXE's login",
     "target accepts iPXE's login",
     "Logs in with the keys that iPXE offers, and no others: MaxRecvDataSegmentLength=8192, InitialR2T=Yes, "
     "ImmediateData=No, no digests, CHAP with MD5.",
     ipxe_parameters},
};

}  // namespace

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

std::span<const Check> target_checks() {
  return kChecks;
}

}  // namespace san::preflight
