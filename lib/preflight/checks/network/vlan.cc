// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/text/table.h"
#include "os/linux/linux_system.h"
#include "preflight/checks/network/network_checks.h"
#include "preflight/facts/live_ibft.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Returns true if the kernel can use a VLAN before its root is mounted.
bool has_vlan(const os::LinuxSystem& system, const os::BootKernel& kernel) {
  const os::Initramfs& image = system.initramfs(kernel);
  const auto modules = image.modules.find(kernel.release);
  return system.modules(kernel.release).builtin.contains("8021q") ||
         (modules != image.modules.end() && modules->second.contains("8021q"));
}

Outcome vlan_of_linux(const os::LinuxSystem& system, const std::string& vlan) {
  std::vector<Evidence> bad;
  for (const os::BootKernel& kernel : system.kernels) {
    const std::string image = kernel.initrds.empty() ? "no initramfs" : kernel.initrds.back();
    if (!has_vlan(system, kernel))
      bad.push_back(
          {printable(kernel.entry.where), printable(image) + ": no module 8021q", "8021q, for " + vlan});
  }
  if (bad.empty()) return pass({{vlan, "8021q is there", {}}});
  return fail(std::move(bad),
              "Put 8021q into the initramfs, or let the switch port carry the network untagged: the system's "
              "initiator has to set up the VLAN of the iBFT by itself.",
              system.is_like("debian")
                  ? std::vector<ShellCommand>{{"grep -qx 8021q /etc/initramfs-tools/modules || echo 8021q >>"
                                               "/etc/initramfs-tools/modules"},
                                              {"update-initramfs -u -k all"}}
                  : std::vector<ShellCommand>{
                        {"echo 'add_drivers+=\" 8021q \"' >/etc/dracut.conf.d/sanboot-vlan.conf"},
                        {"dracut --force --regenerate-all"}});
}

Outcome vlan_is_up(const MachineFacts& machine, const boot::BootProfile* plan) {
  std::vector<Evidence> bad;
  const std::string wanted = fmt::format("VLAN {}", plan->vlan);
  if (const auto ibft = live_ibft(machine))
    for (const boot::IbftNic& nic : ibft->table.nics)
      if (nic.selected() && nic.vlan != plan->vlan)
        bad.push_back({fmt::format("iBFT, ethernet{}", nic.index), fmt::format("VLAN {}", nic.vlan), wanted});
  const LiveMount* root = machine.root_mount();
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

Outcome vlan_module(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return no_profile();
  if (const auto* machine = subject.machine(); machine != nullptr)
    if (auto live = vlan_is_up(*machine, plan); live.status == Status::fail) return live;
  if (plan->vlan == 0) return pass({{"VLAN", "none", {}}});
  const std::string vlan = fmt::format("VLAN {}", plan->vlan);
  if (const os::LinuxSystem* const system = subject.linux_system();
      system != nullptr && !system->kernels.empty())
    return vlan_of_linux(*system, vlan);
  if (subject.windows_system() != nullptr) {
    Outcome outcome =
        fail({{vlan, "Windows sets up a VLAN only where the NIC's driver does", "an untagged network"}},
             "Let the switch port carry the boot network untagged, or make sure that the driver takes the "
             "tag from the iBFT.");
    outcome.lowered = Severity::warning;
    return outcome;
  }
  return unknown(vlan + " is planned, and no operating system is examined",
                 "the image or LUN that the machine boots from");
}

}  // namespace

constexpr Check kNet06{.id = "NET-06",
                       .severity = Severity::blocker,
                       .scope = Scope::plan,
                       .title = "VLAN of the plan is not set up by the system",
                       .good = "VLAN of the plan is set up by the system",
                       .about =
                           "Where the profile has a VLAN: the module 8021q in the initramfs of every kernel "
                           "that can be started. "
                           "With --live, the tag is that of the iBFT, too, and an interface has it.",
                       .evaluate = vlan_module,
                       .also = Scope::machine};

}  // namespace san::preflight
