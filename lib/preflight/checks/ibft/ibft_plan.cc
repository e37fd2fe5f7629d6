// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "boot/profile/root_path.h"
#include "core/text/table.h"
#include "preflight/checks/ibft/ibft_checks.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Collects what differs from the plan.
class Differences {
 public:
  void compare(const std::string& where, const std::string& found, const std::string& wanted) {
    if (found != wanted) bad.push_back({where, found.empty() ? "nothing" : found, wanted});
  }
  std::vector<Evidence> bad;
};

std::string lun_text(const std::array<std::uint8_t, 8>& lun) {
  std::string text;
  for (const std::uint8_t byte : lun) text += fmt::format("{:02x}", byte);
  return text;
}

void compare_target(const boot::IbftTarget& target, const LiveIbft& ibft, const boot::BootProfile& plan,
                    Differences& differences) {
  const std::string where = fmt::format("target{}", target.index);
  differences.compare(where + ", name", target.name, plan.target);
  if (ibft.lun_known)
    differences.compare(where + ", LUN", lun_text(target.lun), lun_text(boot::wire_lun(plan.lun)));
  const std::string address = target.address ? to_string(*target.address) : "";
  const std::string portal = to_string(iscsi::Portal{address, target.port});
  const bool named = std::any_of(plan.portals.begin(), plan.portals.end(), [](const iscsi::Portal& one) {
    return !boot::parse_ip(one.host);  // a name: which address it is, the resolver of iPXE knew
  });
  const bool known = std::find(plan.portals.begin(), plan.portals.end(),
                               iscsi::Portal{address, target.port}) != plan.portals.end();
  if (!known && !named) differences.compare(where + ", portal", portal, to_string(plan.portals.front()));
  const int chap = plan.user.empty() ? 0 : plan.target_user.empty() ? 1 : 2;
  const auto way = [](int type) { return type == 0 ? "no CHAP" : type == 1 ? "CHAP" : "mutual CHAP"; };
  differences.compare(where + ", authentication", way(target.chap), way(chap));
}

void compare_nic(const boot::IbftNic& nic, const MachineFacts& machine, const boot::BootProfile* plan,
                 Differences& differences) {
  const std::string where = fmt::format("ethernet{}", nic.index);
  if (machine.nic_by_mac(nic.mac) == nullptr)
    differences.compare(where, nic.mac, "the address of a NIC of this machine");
  if (plan == nullptr) return;
  if (!plan->mac.empty()) differences.compare(where + ", address", nic.mac, plan->mac);
  differences.compare(where + ", VLAN", std::to_string(nic.vlan), std::to_string(plan->vlan));
  if (!plan->dhcp && nic.address)
    differences.compare(where + ", IP address", to_string(*nic.address), plan->address);
}

Outcome ibft_as_planned(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return not_applicable("the iBFT is in the memory of the machine: run --live there");
  if (!machine->has_ibft()) return not_applicable("see IBFT-01: there is none");
  const auto ibft = live_ibft(*machine);
  if (!ibft && !machine->ibft_unreadable.empty()) return unknown("the iBFT cannot be read", "a run as root");
  if (!ibft || ibft->table.ignored) return not_applicable("see IBFT-02: the table cannot be used");
  const boot::BootProfile* plan = subject.profile();
  Differences differences;
  for (const boot::IbftNic& nic : ibft->table.nics)
    if (nic.valid()) compare_nic(nic, *machine, plan, differences);
  if (plan != nullptr) {
    differences.compare("initiator", ibft->table.initiator ? ibft->table.initiator->name : "",
                        plan->initiator);
    for (const boot::IbftTarget& target : ibft->table.targets)
      if (target.valid()) compare_target(target, *ibft, *plan, differences);
  }
  if (const IscsiSession* session = machine->root_session(); session != nullptr) {
    const bool same =
        std::any_of(ibft->table.targets.begin(), ibft->table.targets.end(),
                    [session](const boot::IbftTarget& one) { return one.name == session->target; });
    if (!same) differences.compare("session of \"/\"", printable(session->target), "a target of the iBFT");
  }
  if (!differences.bad.empty())
    return fail(
        std::move(differences.bad),
        "Correct the boot profile, or what iPXE gets: root path, initiator name (DHCP option 203), VLAN.");
  if (plan == nullptr && machine->root_session() == nullptr)
    return unknown("there is nothing to compare the iBFT with", "the boot profile (--profile)");
  return pass(
      {{"iBFT",
        ibft->lun_known ? "initiator, NIC, target, LUN and portal as planned"
                        : "initiator, NIC, target and portal as planned; its LUN is only in the raw table",
        {}}});
}

}  // namespace

constexpr Check kIbft03{
    .id = "IBFT-03",
    .severity = Severity::blocker,
    .scope = Scope::machine,
    .title = "iBFT is not what was planned",
    .good = "iBFT matches the plan",
    .about =
        "Initiator, NIC, VLAN, target, LUN, portal and authentication of the table against the boot profile, "
        "and against the session that \"/\" lies on.",
    .evaluate = ibft_as_planned};

}  // namespace san::preflight
