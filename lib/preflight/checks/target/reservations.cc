// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/text/table.h"
#include "preflight/checks/target/target_checks.h"
#include "preflight/checks/target/target_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

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

}  // namespace

constexpr Check kTgt06{.id = "TGT-06",
                       .severity = Severity::blocker,
                       .scope = Scope::target,
                       .title = "LUN is reserved by another",
                       .good = "LUN is free of reservations by others",
                       .about =
                           "Persistent reservations and registered keys, and RESERVATION CONFLICT. Other "
                           "sessions cannot be seen "
                           "from an initiator.",
                       .evaluate = reservations};

}  // namespace san::preflight
