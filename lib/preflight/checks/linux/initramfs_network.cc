// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/checks/linux/dracut.h"
#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/linux/login_plan.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::InitramfsTool;

/// scripts/functions of initramfs-tools: configure_networking.
void network_of_initramfs_tools(const os::BootKernel& kernel, const os::Initramfs& image,
                                const LoginPlan& login, const boot::BootProfile* plan, Findings& findings) {
  if (login.firmware) {
    findings.good.push_back(seen(image_name(kernel), "iscsistart -N takes the address from the iBFT"));
    return;
  }
  auto settings = os::assignments(image.content("conf/initramfs.conf"));
  const os::CommandLine arguments(kernel.entry.arguments);
  const auto ip = arguments.last("ip").value_or(settings["IP"].value);
  if (ip == "off" || ip == "none")
    findings.bad.push_back(seen(kernel.entry.where, "ip=" + ip, "ip=dhcp, or an address"));
  else if (plan != nullptr && !plan->dhcp && (ip.empty() || ip == "dhcp" || ip == "on" || ip == "any"))
    findings.bad.push_back(seen(kernel.entry.where, ip.empty() ? "no ip=, which is DHCP" : "ip=" + ip,
                                "ip=" + plan->address + "::…, as planned"));
  else
    findings.good.push_back(seen(kernel.entry.where, ip.empty() ? "DHCP" : "ip=" + ip));
}

bool has_network_module(const os::Initramfs& image) {
  constexpr const char* names[] = {"network-manager", "network-legacy", "systemd-networkd", "connman",
                                   "network-wicked"};
  return std::ranges::any_of(names, [&](const char* name) { return image.has_dracut_module(name); });
}

/// `obstacle`: what keeps the image from taking an address from the iBFT.
void network_of_dracut(const os::BootKernel& kernel, const os::Initramfs& image, const LoginPlan& login,
                       const std::optional<IbftObstacle>& obstacle, const boot::BootProfile* plan,
                       Findings& findings) {
  if (!has_network_module(image)) {
    findings.bad.push_back(seen(image_name(kernel), "none of dracut's modules for the network",
                                "network-manager, systemd-networkd or network-legacy"));
    return;
  }
  const auto arguments = all_arguments(kernel, image);
  const auto addresses = arguments.all("ip");
  const bool ibft =
      arguments.enabled("rd.iscsi.ibft") || std::ranges::find(addresses, "ibft") != addresses.end();
  const bool only_dhcp = std::ranges::all_of(addresses, [](const auto& ip) {
    return ip == "dhcp" || ip == "on" || ip == "any" || ip.ends_with(":dhcp");
  });
  const bool off = !addresses.empty() &&
                   std::ranges::all_of(addresses, [](const auto& ip) { return ip == "off" || ip == "none"; });
  if (ibft && obstacle) {
    findings.bad.push_back(seen(image_name(kernel), obstacle->found, obstacle->wanted));
  } else if (ibft) {
    findings.good.push_back(seen(kernel.entry.where, "rd.iscsi.ibft or ip=ibft"));
  } else if (off) {
    findings.bad.push_back(seen(kernel.entry.where, "ip=off", "rd.iscsi.ibft=1"));
  } else if (addresses.empty() && login.firmware && !arguments.enabled("rd.neednet")) {
    // The target in the iBFT does not make the network start: dracut wants to be asked (dracut.cmdline(7)).
    findings.bad.push_back(
        seen(kernel.entry.where, "neither rd.iscsi.ibft nor ip= nor rd.neednet", "rd.iscsi.ibft=1"));
  } else if (plan != nullptr && !plan->dhcp && only_dhcp) {
    findings.bad.push_back(
        seen(kernel.entry.where, "DHCP", "rd.iscsi.ibft=1, or the planned address " + plan->address));
  } else {
    findings.good.push_back(
        seen(kernel.entry.where, only_dhcp ? "DHCP" : fmt::format("ip={}", fmt::join(addresses, " ip="))));
  }
}

Outcome check_network(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  Findings findings;
  bool any = false;
  bool no_ibft = false;
  for (const auto* kernel : ready_kernels(*system, false)) {
    const auto& image = system->initramfs(*kernel);
    const auto login = login_plan(*kernel, image);
    if (login.understood && !login.complete()) continue;  // LNX-03
    any = true;
    if (image.tool == InitramfsTool::initramfs_tools) {
      network_of_initramfs_tools(*kernel, image, login, subject.profile(), findings);
    } else if (image.tool == InitramfsTool::dracut) {
      const auto obstacle = ibft_obstacle(image);
      network_of_dracut(*kernel, image, login, obstacle, subject.profile(), findings);
      no_ibft = no_ibft || obstacle;
    } else {
      findings.unknown.push_back(
          seen(image_name(*kernel), std::string("an initramfs made by ") + to_string(image.tool)));
      findings.needed = "a rehearsal: what this initramfs does is not known here";
    }
  }
  if (!any) return not_applicable("no kernel was found that passes LNX-01 and LNX-03");
  const bool debian = tool_of(*system) == InitramfsTool::initramfs_tools;
  auto commands = argument_commands(*system, debian ? ShellText("ip=dhcp") : ShellText("rd.iscsi.ibft=1"));
  if (no_ibft) {
    const auto first = install_commands(*system);
    commands.insert(commands.begin(), first.begin(), first.end());
  }
  return findings.outcome("Let the initramfs bring up the boot NIC with the planned address.", commands);
}

}  // namespace

constexpr Check kLnx04{
    .id = "LNX-04",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "initramfs does not bring up the network",
    .good = "initramfs brings up the network",
    .about =
        "Reads ip=, rd.neednet and rd.iscsi.ibft of every command line and image, and compares DHCP with the "
        "profile's address. Says where the network of dracut takes no address from the iBFT. Unknown for "
        "mkinitcpio.",
    .evaluate = check_network};

}  // namespace san::preflight
