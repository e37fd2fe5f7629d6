// SPDX-License-Identifier: Apache-2.0
#include "preflight/plan_vlan.h"

#include <fmt/format.h>

#include "preflight/subject.h"

namespace san::preflight {

Outcome vlan_module(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return not_applicable("there is no boot profile");
  if (plan->vlan == 0) return pass({{"VLAN", "none", {}}});
  return unknown(fmt::format("VLAN {} is planned, and no operating system is examined", plan->vlan),
                 "the image or LUN that the machine boots from");
}

}  // namespace san::preflight
