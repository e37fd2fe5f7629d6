// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/linux/login_plan.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

Outcome check_ibft_modules(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  Findings findings;
  bool used = false;
  const auto kernels = ready_kernels(*system, false);
  for (const auto* kernel : kernels) {
    const auto& image = system->initramfs(*kernel);
    const auto arguments = all_arguments(*kernel, image);
    const auto addresses = arguments.all("ip");
    if (!login_plan(*kernel, image).firmware && !arguments.enabled("rd.iscsi.ibft") &&
        std::ranges::find(addresses, "ibft") == addresses.end())
      continue;
    used = true;
    const auto missing = missing_modules(module_index(*system, *kernel), image,
                                         module_release(*kernel, image), {"iscsi_ibft", "iscsi_boot_sysfs"});
    if (missing.empty())
      findings.good.push_back(seen(image_name(*kernel), "iscsi_ibft, iscsi_boot_sysfs"));
    else
      findings.bad.push_back(seen(image_name(*kernel), fmt::format("no module {}", fmt::join(missing, ", ")),
                                  "what reads the iBFT"));
  }
  if (kernels.empty()) return see_first_check();
  if (!used) return not_applicable("no kernel takes its target from the iBFT");
  return findings.outcome("Put iscsi_ibft into the initramfs of every kernel.",
                          module_commands(*system, {"iscsi_ibft"}));
}

}  // namespace

constexpr Check kLnx07{.id = "LNX-07",
                       .severity = Severity::blocker,
                       .scope = Scope::disk,
                       .title = "initramfs cannot read the iBFT",
                       .good = "initramfs can read the iBFT",
                       .about =
                           "Where the target or the address comes from the iBFT, looks for iscsi_ibft and "
                           "iscsi_boot_sysfs in the "
                           "image or in the kernel.",
                       .evaluate = check_ibft_modules};

}  // namespace san::preflight
