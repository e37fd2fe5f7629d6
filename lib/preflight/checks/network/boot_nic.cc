// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/text/table.h"
#include "preflight/checks/network/network_checks.h"
#include "preflight/facts/boot_interface.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// The machine's NIC: by its PCI id or driver, and by the address of the profile.
Outcome nic_known(Subject& subject) {
  const BootNic& nic = subject.nic();
  const boot::BootProfile* const plan = subject.profile();
  const bool here = subject.options().live && plan != nullptr && !plan->mac.empty();
  if (here && nic.interface.empty() && subject.options().nic.empty())
    return fail({{printable(plan->path), plan->mac, "the address of a NIC of this machine"}},
                "Correct mac of [initiator] in the profile: ip -br link lists the addresses.");
  if (here && !nic.interface.empty() && nic.mac != plan->mac)
    return fail({{nic.interface, nic.mac, plan->mac + ", of the profile"}},
                "Name the NIC with that address by --nic, or correct mac of [initiator] in the profile.");
  if (!nic.known() && nic.mac.empty())
    return unknown(
        "it is not known which NIC the machine boots from",
        "--nic with its PCI id as lspci -nn prints it (8086:100e), its driver, or its name on this machine");
  std::string found = nic.driver;
  if (nic.vendor && nic.device)
    found += fmt::format("{}{:04x}:{:04x}", found.empty() ? "" : ", ", *nic.vendor, *nic.device);
  if (!nic.mac.empty()) found += (found.empty() ? "" : ", ") + nic.mac;
  Outcome outcome = pass({{nic.interface.empty() ? "boot NIC" : nic.interface, printable(found), {}}});
  if (plan != nullptr && plan->mac.empty()) {
    outcome = fail({{printable(plan->path), "no mac in [initiator]", "the address of the NIC to boot from"}},
                   "Say the address in the profile: with several NICs nothing else tells which one it is.");
    outcome.lowered = Severity::warning;
  }
  return outcome;
}

/// Returns a name for a kind of interface that nothing boots from; null for others.
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
    if (const LiveMount* root = machine->root_mount(); root != nullptr && root->on_iscsi() == true)
      outcome.lowered = Severity::warning;
    return outcome;
  }
  return pass(
      {{nic->name,
        fmt::format("{} {}", nic->driver.empty() ? "no driver" : printable(nic->driver), printable(nic->mac)),
        {}}});
}

}  // namespace

constexpr Check kNet01{
    .id = "NET-01",
    .severity = Severity::blocker,
    .scope = Scope::plan,
    .title = "boot NIC is not identified",
    .good = "boot NIC is identified",
    .about =
        "Which NIC the machine boots from: --nic (PCI id, driver or interface), and its address in the "
        "profile. "
        "With --live, a NIC of this machine has that address; without a profile, the iBFT or the session of "
        "\"/\" tells.",
    .evaluate = nic_known,
    .also = Scope::machine};

constexpr Check kNet03{
    .id = "NET-03",
    .severity = Severity::blocker,
    .scope = Scope::machine,
    .title = "boot NIC is not a plain, wired one",
    .good = "boot NIC is a plain, wired one",
    .about = "Not USB, not wireless, and no member of a bond, team or bridge (/sys/class/net).",
    .evaluate = plain_nic};

}  // namespace san::preflight
