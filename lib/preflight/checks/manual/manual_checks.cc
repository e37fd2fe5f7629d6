// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "preflight/check/check.h"
#include "preflight/facts/subject.h"
#include "preflight/rehearsal/rehearsal.h"

namespace san::preflight {
namespace {

/// Of what only people do, the remedy is the to-do list.
Outcome to_do(std::string what) {
  Outcome outcome = not_applicable("only people can do it");
  outcome.remedy = std::move(what);
  return outcome;
}

Outcome way_back(Subject& /*subject*/) {
  return to_do(
      "Keep the local disks untouched and labelled until the machine has run from its LUN for a while, and "
      "write down the old boot order: that is the way back.");
}

Outcome proof(Subject& subject) {
  if (subject.options().rehearse) return preflight::rehearse(subject);
  return to_do(
      "Boot the machine from its LUN twice, warm and cold, with the local disks hidden (in the firmware, not "
      "by pulling cables), and see by sanboot-check --live there that its root is on iSCSI.");
}

Outcome start_order(Subject& /*subject*/) {
  return to_do(
      "See that after a power failure switches, DHCP server and target are up before the machine: iPXE gives "
      "up after some minutes. Set the machine to wait before it starts, or to start again.");
}

Outcome monitoring(Subject& /*subject*/) {
  return to_do(
      "Watch the machine and the target: sessions that drop, file systems that become read-only, paging "
      "errors, room in the pool.");
}

constexpr std::array<Check, 4> kChecks = {{
    {"OPS-01", Severity::blocker, Scope::people, "no way back is prepared", "a way back is prepared",
     "For people: the local disks are kept as they were, labelled, and the old boot order is known.",
     way_back},
    {"OPS-02", Severity::blocker, Scope::proof, "no boot from the LUN has been seen",
     "a boot from the LUN has been seen",
     "The rehearsal: boots the LUN in QEMU over a throw-away overlay, with no other disk, and requires that "
     "the system comes up with its root on iSCSI. On the machine itself: boot it twice, warm and cold, with "
     "the local disks hidden (in the firmware, not by their cables), and see that its root is on iSCSI "
     "(--live there).",
     proof},
    {"OPS-03", Severity::warning, Scope::people, "start order after a power failure is not arranged",
     "start order after a power failure is arranged",
     "For people: network, DHCP and target come up before the machines that need them.", start_order},
    {"OPS-04", Severity::info, Scope::people, "nobody would notice a lost session",
     "a lost session would be noticed",
     "For people: monitoring of sessions, of read-only file systems and of room on the target.", monitoring},
}};

}  // namespace

std::span<const Check> people_checks() {
  return kChecks;
}

}  // namespace san::preflight
