// SPDX-License-Identifier: Apache-2.0
#include "core/text/table.h"
#include "iscsi/address/iscsi_name.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome initiator_name(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_profile();
  if (const auto fault = iscsi::name_fault(plan->initiator, iscsi::NameRules::portable))
    return fail({{printable(plan->path), printable(plan->initiator) + " " + fault->cause, {}}}, fault->hint);
  const std::string& typed = subject.options().login.initiator;
  if (!typed.empty() && typed != plan->initiator)
    return fail({{"--initiator", printable(typed), printable(plan->initiator) + ", as the profile says"}},
                "The target is queried under another name than that of the machine that boots: leave "
                "--initiator out.");
  return pass({{"initiator-iqn (DHCP option 203)", printable(plan->initiator), {}}});
}

}  // namespace

constexpr Check kIpxe02{
    .id = "IPXE-02",
    .severity = Severity::blocker,
    .scope = Scope::plan,
    .title = "iPXE would send another initiator name",
    .good = "iPXE can send the planned initiator name",
    .about =
        "The initiator name of the profile is a right one, and the one that the target is asked with. DHCP "
        "option 203 or the setting initiator-iqn has to carry it: else iPXE makes one of host name or UUID. "
        "Whether the target takes it is TGT-02.",
    .evaluate = initiator_name};

}  // namespace san::preflight
