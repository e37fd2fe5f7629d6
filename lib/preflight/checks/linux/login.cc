// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/linux/login_plan.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::InitramfsTool;

bool is_address(const boot::BootProfile& plan, const std::string& address) {
  return std::ranges::any_of(plan.portals, [&](const auto& portal) { return portal.host == address; });
}

/// Compares the target that is written down with the plan.
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

}  // namespace

constexpr Check kLnx03{
    .id = "LNX-03",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "initramfs never logs in to a target",
    .good = "initramfs logs in to a target",
    .about =
        "Reads what makes the initramfs log in: etc/iscsi.initramfs in the image and iscsi_* of the command "
        "line (initramfs-tools), rd.iscsi.firmware or netroot=iscsi: (dracut); a target written down there "
        "is "
        "compared with the profile. Unknown for mkinitcpio, whose hooks differ.",
    .evaluate = check_login};

}  // namespace san::preflight
