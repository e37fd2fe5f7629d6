// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/profile/vlan_checks.h"
#include "preflight/checks/machine/machine_checks.h"

#include <fmt/core.h>

#include "core/text/table.h"
#include "os/linux/linux_system.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Whether the kernel can use a VLAN before its root is mounted.
bool has_vlan(const os::LinuxSystem& system, const os::BootKernel& kernel) {
  const os::Initramfs& image = system.initramfs(kernel);
  const auto modules = image.modules.find(kernel.release);
  return system.modules(kernel.release).builtin.contains("8021q") ||
         (modules != image.modules.end() && modules->second.contains("8021q"));
}

Outcome judge_linux(const os::LinuxSystem& system, const std::string& vlan) {
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

}  // namespace

Outcome vlan_module(Subject& subject) {
  const boot::BootProfile* const plan = subject.profile();
  if (plan == nullptr) return not_applicable("there is no boot profile");
  if (const auto* machine = subject.machine(); machine != nullptr)
    if (auto live = vlan_is_up(*machine, plan); live.status == Status::fail) return live;
  if (plan->vlan == 0) return pass({{"VLAN", "none", {}}});
  const std::string vlan = fmt::format("VLAN {}", plan->vlan);
  if (const os::LinuxSystem* const system = subject.linux_system();
      system != nullptr && !system->kernels.empty())
    return judge_linux(*system, vlan);
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

}  // namespace san::preflight
