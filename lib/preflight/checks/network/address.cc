// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/network/network_checks.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome address_unique(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return no_machine();
  const boot::BootProfile* plan = subject.profile();
  if (plan == nullptr) return no_profile();
  if (plan->dhcp) return pass({{plan->path, "the address comes by DHCP", {}}});
  return unknown(
      fmt::format("whether another machine has {}, too, cannot be seen", plan->address),
      "a reservation for the NIC in the DHCP server; or arping -D from another machine, with this one off");
}

}  // namespace

constexpr Check kNet04{.id = "NET-04",
                       .severity = Severity::warning,
                       .scope = Scope::machine,
                       .title = "address may be in use twice",
                       .good = "address is used only once",
                       .about = "An address by DHCP passes; whether a static one is unique cannot be seen.",
                       .evaluate = address_unique};

}  // namespace san::preflight
