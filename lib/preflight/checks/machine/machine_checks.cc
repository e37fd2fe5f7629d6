// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/machine/machine_checks.h"

#include <fmt/core.h>

#include <algorithm>

#include "core/text/table.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome no_machine() {
  return not_applicable("only the machine itself can show it: run --live there");
}

const LiveNic* boot_interface(Subject& subject, const MachineFacts& machine) {
  return boot_interface(machine, subject.profile(), subject.nic().interface);
}

bool is_network(const flash::LoadOption& option) {
  using Kind = flash::LoadOption::Kind;
  return option.kind == Kind::iscsi || option.kind == Kind::pxe || option.kind == Kind::http;
}

std::string shown_entry(const flash::BootOrderEntry& entry) {
  if (!entry.option) return fmt::format("Boot{:04X}, which is missing or damaged", entry.number);
  return fmt::format("Boot{:04X} \"{}\" ({})", entry.number, entry.option->description,
                     flash::to_string(entry.option->kind));
}

/// Sets BootOrder with that entry in front.
ShellCommand put_first(const std::vector<flash::BootOrderEntry>& order, std::uint16_t first) {
  std::vector<PlainName> numbers{four_hex_digits(first)};
  for (const flash::BootOrderEntry& entry : order)
    if (entry.number != first) numbers.push_back(four_hex_digits(entry.number));
  return {"efibootmgr --bootorder {}", with_commas(numbers)};
}

Outcome judge_boot_order(const MachineFacts& machine, const LiveNic* nic) {
  const auto& order = *machine.boot_order;
  const auto usable = [](const flash::BootOrderEntry& entry) { return entry.option && entry.option->active; };
  const auto first = std::find_if(order.begin(), order.end(), usable);
  const auto good = [&](const flash::BootOrderEntry& entry) {
    return usable(entry) && is_network(*entry.option) &&
           (nic == nullptr || entry.option->mac.empty() || entry.option->mac == nic->mac);
  };
  if (first != order.end() && good(*first)) return pass({{"BootOrder", shown_entry(*first), {}}});
  const auto network = std::find_if(order.begin(), order.end(), good);
  const std::string wanted =
      nic == nullptr ? "an entry for the network" : "an entry for the network, of " + nic->mac;
  const Evidence evidence{"BootOrder", first == order.end() ? "no active entry" : shown_entry(*first),
                          wanted + ", first"};
  if (network == order.end())
    return fail({evidence},
                "Enable PXE or iSCSI boot of the NIC in the setup of the firmware, and put it first.");
  return fail({evidence}, fmt::format("Put {} first.", shown_entry(*network)),
              {put_first(order, network->number)});
}

Outcome network_first(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return no_machine();
  const boot::Firmware runs = machine->firmware();
  if (const auto planned = subject.firmware(); planned && *planned != runs)
    return unknown(
        fmt::format("the machine runs by {}, and is to boot by {}", to_string(runs), to_string(*planned)),
        fmt::format("a start by {}; or the right firmware in [boot] of the profile, or --firmware",
                    to_string(*planned)));
  if (machine->boot_order) return judge_boot_order(*machine, boot_interface(subject, *machine));
  if (machine->uefi)
    return unknown("the firmware tells no BootOrder (/sys/firmware/efi/efivars)",
                   "efivarfs mounted, and a run as root");
  if (const LivePlace* root = machine->root_place();
      root != nullptr && root->on_iscsi() == true && machine->has_ibft())
    return pass({{"/", "this start came over the network: there is an iBFT, and \"/\" is on a LUN", {}}});
  return unknown("a BIOS does not tell in which order it boots",
                 "a look into its setup (the network first), and a start from the LUN");
}

/// What the interface is, where that is wrong for a NIC to boot from.
const char* wrong_kind(LiveNic::Kind kind) {
  switch (kind) {
    case LiveNic::Kind::usb:
      return "a USB adapter";
    case LiveNic::Kind::wireless:
      return "a wireless adapter";
    case LiveNic::Kind::bond:
      return "a bond";
    case LiveNic::Kind::bridge:
      return "a bridge";
    case LiveNic::Kind::ethernet:
    case LiveNic::Kind::vlan:
    case LiveNic::Kind::other:
      break;
  }
  return nullptr;
}

Outcome plain_nic(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return no_machine();
  const LiveNic* nic = boot_interface(subject, *machine);
  if (nic == nullptr) return not_applicable("see NET-01: it is not known which NIC the machine boots from");
  if (const char* const kind = wrong_kind(nic->kind))
    return fail({{nic->name, kind, "a NIC that the firmware boots from"}}, "Boot from a plain, wired NIC.");
  if (!nic->master.empty()) {
    const LiveNic* master = machine->nic(nic->master);
    const bool bond = master != nullptr && master->kind == LiveNic::Kind::bond;
    Outcome outcome = fail(
        {{nic->name,
          fmt::format("belongs to {} {}", bond ? "the bond" : "the bridge or team", printable(nic->master)),
          "an interface of its own"}},
        "Keep the boot NIC out of bonds and bridges: the session of \"/\" is lost when it is put into one.");
    // It has survived that here.
    if (const LivePlace* root = machine->root_place(); root != nullptr && root->on_iscsi() == true)
      outcome.lowered = Severity::warning;
    return outcome;
  }
  return pass(
      {{nic->name,
        fmt::format("{} {}", nic->driver.empty() ? "no driver" : printable(nic->driver), printable(nic->mac)),
        {}}});
}

Outcome address_unique(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  if (machine == nullptr) return no_machine();
  const boot::BootProfile* plan = subject.profile();
  if (plan == nullptr) return not_applicable("there is no boot profile");
  if (plan->dhcp) return pass({{plan->path, "the address comes by DHCP", {}}});
  return unknown(
      fmt::format("whether another machine has {}, too, cannot be seen", plan->address),
      "a reservation for the NIC in the DHCP server; or arping -D from another machine, with this one off");
}

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

Outcome root_is_lun(Subject& subject) {
  const MachineFacts* machine = subject.machine();
  return machine == nullptr ? no_machine() : root_on_iscsi(*machine, subject.profile());
}

constexpr Check kChecks[] = {
    {"NET-02", Severity::blocker, Scope::machine, "network is not first in the boot order",
     "network is first in the boot order",
     "With UEFI, the first active entry of BootOrder boots from the network (PXE, HTTP or iSCSI), by the "
     "boot NIC. A BIOS does not tell: there it counts that the machine has come up from the LUN. Unknown "
     "while the machine runs by another kind of firmware than it is to boot by.",
     network_first},
    {"NET-03", Severity::blocker, Scope::machine, "boot NIC is not a plain, wired one",
     "boot NIC is a plain, wired one",
     "Not USB, not wireless, and no member of a bond, team or bridge (/sys/class/net).", plain_nic},
    {"NET-04", Severity::warning, Scope::machine, "address may be in use twice", "address is used only once",
     "An address by DHCP passes; whether a static one is unique cannot be seen.", address_unique},
    {"NET-05", Severity::warning, Scope::machine, "MTU is not the same on all hops",
     "MTU is the same on all hops", "1500 or less passes; whether every hop carries more cannot be seen.",
     same_mtu},
    {"NET-07", Severity::warning, Scope::machine, "switch port delays the link",
     "switch port brings up the link without delay",
     "Spanning tree without portfast, or LACP, on the switch port: cannot be seen, always unknown while "
     "there is a link.",
     switch_port},
    {"IBFT-01", Severity::blocker, Scope::machine, "iBFT is not there, or cannot be read",
     "iBFT is present and can be read",
     "Looks for the table in /sys/firmware/acpi/tables and for what the kernel's iscsi_ibft shows in "
     "/sys/firmware/ibft.",
     ibft_present},
    {"IBFT-02", Severity::blocker, Scope::machine, "iBFT is damaged, or Linux does not take it",
     "iBFT is intact, and Linux accepts it",
     "Checksum, revision, lengths and offsets of the raw table, by the rules of Linux.", ibft_sound},
    {"IBFT-03", Severity::blocker, Scope::machine, "iBFT is not what was planned", "iBFT matches the plan",
     "Initiator, NIC, VLAN, target, LUN, portal and authentication of the table against the boot profile, "
     "and against the session that \"/\" lies on.",
     ibft_as_planned},
    {"LNX-11", Severity::blocker, Scope::machine, "root file system is not on the LUN",
     "root file system is on the LUN",
     "Follows \"/\" through partitions, LVM, RAID and encryption to disks, and those to sessions of the "
     "kernel's initiator: target, LUN and initiator name as in the boot profile.",
     root_is_lun},
};

}  // namespace

Outcome vlan_is_up(const MachineFacts& machine, const boot::BootProfile* plan) {
  if (plan == nullptr) return not_applicable("there is no boot profile");
  std::vector<Evidence> bad;
  const std::string wanted = fmt::format("VLAN {}", plan->vlan);
  if (const auto ibft = live_ibft(machine))
    for (const boot::IbftNic& nic : ibft->table.nics)
      if (nic.selected() && nic.vlan != plan->vlan)
        bad.push_back({fmt::format("iBFT, ethernet{}", nic.index), fmt::format("VLAN {}", nic.vlan), wanted});
  const LivePlace* root = machine.root_place();
  const bool tagged = std::any_of(machine.nics.begin(), machine.nics.end(),
                                  [plan](const LiveNic& nic) { return nic.vlan && *nic.vlan == plan->vlan; });
  if (plan->vlan != 0 && root != nullptr && root->on_iscsi() == true && !tagged)
    bad.push_back({"/proc/net/vlan", "no interface with that tag", wanted});
  if (!bad.empty())
    return fail(
        std::move(bad),
        "Set the VLAN of iPXE (vcreate --tag), of the profile and of the switch port to the same tag.");
  return pass({{"VLAN", plan->vlan == 0 ? "none" : wanted, {}}});
}

std::span<const Check> machine_checks() {
  return kChecks;
}

}  // namespace san::preflight
