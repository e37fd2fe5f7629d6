// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "preflight/checks/network/network_checks.h"
#include "preflight/facts/boot_interface.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

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
  if (const LiveMount* root = machine->root_mount();
      root != nullptr && root->on_iscsi() == true && machine->has_ibft())
    return pass({{"/", "this start came over the network: there is an iBFT, and \"/\" is on a LUN", {}}});
  return unknown("a BIOS does not tell in which order it boots",
                 "a look into its setup (the network first), and a start from the LUN");
}

}  // namespace

constexpr Check kNet02{
    .id = "NET-02",
    .severity = Severity::blocker,
    .scope = Scope::machine,
    .title = "network is not first in the boot order",
    .good = "network is first in the boot order",
    .about =
        "With UEFI, the first active entry of BootOrder boots from the network (PXE, HTTP or iSCSI), by the "
        "boot NIC. A BIOS does not tell: there it counts that the machine has come up from the LUN. Unknown "
        "while the machine runs by another kind of firmware than it is to boot by.",
    .evaluate = network_first};

}  // namespace san::preflight
