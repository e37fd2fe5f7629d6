// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/network/network_checks.h"
#include "preflight/facts/boot_interface.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome same_mtu(Subject& subject) {
  constexpr unsigned kEverywhere = 1500;
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return no_machine();
  const LiveNic* nic = boot_interface(subject, *machine);
  if (nic == nullptr) return not_applicable("see NET-01: it is not known which NIC the machine boots from");
  if (!nic->mtu) return unknown("the MTU of " + nic->name + " is not known", "a run on the machine itself");
  if (*nic->mtu <= kEverywhere) return pass({{nic->name, fmt::format("MTU {}", *nic->mtu), {}}});
  return unknown(
      fmt::format("MTU {} of {}: whether every hop carries that cannot be seen", *nic->mtu, nic->name),
      fmt::format("ping -M do -s {} PORTAL from here; or 1500, as iPXE has it", *nic->mtu - 28));
}

Outcome switch_port(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return no_machine();
  const LiveNic* nic = boot_interface(subject, *machine);
  if (nic == nullptr) return not_applicable("see NET-01: it is not known which NIC the machine boots from");
  if (nic->link == false)
    return fail({{nic->name, "has no link", "a link"}},
                "Connect the NIC, and look at the port of the switch.");
  return unknown(
      fmt::format("how the switch port of {} is set up cannot be seen", nic->name),
      "an edge port (portfast) without LACP: else the first 30 s after a start are without network");
}

}  // namespace

constexpr Check kNet05{.id = "NET-05",
                       .severity = Severity::warning,
                       .scope = Scope::machine,
                       .title = "MTU is not the same on all hops",
                       .good = "MTU is the same on all hops",
                       .about = "1500 or less passes; whether every hop carries more cannot be seen.",
                       .evaluate = same_mtu};

constexpr Check kNet07{
    .id = "NET-07",
    .severity = Severity::warning,
    .scope = Scope::machine,
    .title = "switch port delays the link",
    .good = "switch port brings up the link without delay",
    .about =
        "Spanning tree without portfast, or LACP, on the switch port: cannot be seen, always unknown while "
        "there is a link.",
    .evaluate = switch_port};

}  // namespace san::preflight
