// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/checks/linux/dracut.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::InitramfsTool;

constexpr const char* kNameFile = "/etc/iscsi/initiatorname.iscsi";

bool is_address(const boot::BootProfile& plan, const std::string& address) {
  return std::ranges::any_of(plan.portals, [&](const auto& portal) { return portal.host == address; });
}

/// What the target that is written down says against the plan.
void compare_with_plan(const LoginPlan& login, const boot::BootProfile* plan, Findings& findings) {
  if (plan == nullptr || login.firmware) return;
  if (login.target != plan->target) findings.bad.push_back(seen(login.where, login.target, plan->target));
  for (const auto& address : login.addresses)
    if (!is_address(*plan, address))
      findings.bad.push_back(
          seen(login.where, address, plan->portals.empty() ? "" : plan->portals.front().host));
}

std::vector<ShellCommand> login_commands(const os::LinuxSystem& system) {
  if (tool_of(system) == InitramfsTool::initramfs_tools)
    return {{"echo ISCSI_AUTO=true >/etc/iscsi/iscsi.initramfs"}, rebuild_command(system)};
  return argument_commands(system, "rd.iscsi.firmware=1 rd.iscsi.ibft=1");
}

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

/// InitiatorName of the file in the image.
std::string name_in(const os::Initramfs& image) {
  for (const auto* file : {"etc/initiatorname.iscsi", "etc/iscsi/initiatorname.iscsi"}) {
    auto values = os::assignments(image.content(file));
    if (!values["InitiatorName"].value.empty()) return values["InitiatorName"].value;
  }
  return {};
}

}  // namespace

Outcome check_login(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  Findings findings;
  findings.needed = "a rehearsal: what this initramfs does is not known here";
  const auto kernels = ready_kernels(*system, false);
  for (const auto* kernel : kernels) {
    const auto& image = system->initramfs(*kernel);
    const auto login = login_plan(*kernel, image);
    if (!login.understood) {
      findings.unknown.push_back(
          seen(login.where, std::string("an initramfs made by ") + to_string(image.tool)));
    } else if (!login.problem.empty()) {
      findings.bad.push_back(seen(login.where, login.problem, "rd.iscsi.firmware=1"));
    } else if (!login.complete()) {
      const bool debian = image.tool == InitramfsTool::initramfs_tools;
      findings.bad.push_back(seen(
          debian ? image_name(*kernel) : kernel->entry.where,
          debian ? "neither ISCSI_AUTO nor ISCSI_TARGET_NAME with ISCSI_TARGET_IP in etc/iscsi.initramfs, "
                   "nor the like on the command line"
                 : "neither rd.iscsi.firmware nor netroot=iscsi:… on the command line or in etc/cmdline.d",
          debian ? "ISCSI_AUTO=true" : "rd.iscsi.firmware=1"));
    } else {
      findings.good.push_back(seen(login.where, login.firmware ? "the target of the iBFT" : login.target));
      compare_with_plan(login, subject.profile(), findings);
    }
  }
  if (kernels.empty()) return see_first_check();
  return findings.outcome("Tell the initramfs to log in to the target of the iBFT.", login_commands(*system));
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

Outcome check_initiator_name(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  const auto* plan = subject.profile();
  Findings findings;
  bool named = false;
  for (const auto* kernel : ready_kernels(*system, false)) {
    const auto& image = system->initramfs(*kernel);
    const auto login = login_plan(*kernel, image);
    if (!login.understood || !login.complete() || login.firmware) continue;
    named = true;
    const auto name = login.initiator.empty() ? name_in(image) : login.initiator;
    const auto where = login.initiator.empty() ? image_name(*kernel) + ", initiatorname.iscsi" : login.where;
    if (name.empty()) {
      findings.bad.push_back(seen(where, "no InitiatorName", plan == nullptr ? "a name" : plan->initiator));
    } else if (plan == nullptr) {
      findings.unknown.push_back(seen(where, name));
      findings.needed = "--profile FILE, to know the name that the target expects";
    } else {
      auto& list = name == plan->initiator ? findings.good : findings.bad;
      list.push_back(seen(where, name, plan->initiator));
    }
  }
  if (!named) return not_applicable("no kernel brings its own initiator name: it comes from the iBFT");
  std::vector<ShellCommand> commands;
  if (plan != nullptr) {
    if (const auto word = shell_word(plan->initiator))
      commands.push_back({"echo InitiatorName={} >/etc/iscsi/initiatorname.iscsi", *word});
    else
      commands.push_back(shell_comment("write into " + std::string(kNameFile) + ": " + plan->initiator));
  }
  commands.push_back(rebuild_command(*system));
  return findings.outcome(
      "Use the same initiator name in the plan, in the initramfs and in the target's rules.",
      std::move(commands));
}

Outcome check_generated_name(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  const auto text = system->tree->text(kNameFile);
  const ShellCommand command{"echo InitiatorName=$(iscsi-iname) >/etc/iscsi/initiatorname.iscsi"};
  if (!text)
    return fail({seen(kNameFile, "is not there", "InitiatorName=…")},
                "Give the system an initiator name of its own.", {command});
  auto values = os::assignments(*text);
  const auto& name = values["InitiatorName"];
  if (!name.value.empty()) return pass({seen(fmt::format("{}:{}", kNameFile, name.line), name.value)});
  const bool later = values.contains("GenerateName");
  return fail({seen(kNameFile, later ? "GenerateName, a name made at the next start" : "no InitiatorName",
                    "InitiatorName=…")},
              "Give the system an initiator name of its own, and each clone another one.", {command});
}

}  // namespace san::preflight
