// SPDX-License-Identifier: Apache-2.0
#include "core/ascii.h"
#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Requires that the initramfs is not older than the modules of its kernel.
void judge_age(const os::LinuxSystem& system, const os::BootKernel& kernel, Findings& findings) {
  for (const auto& initrd : kernel.initrds) {
    const auto image = initrd.empty() ? std::nullopt : system.tree->info(initrd);
    if (!image || image->mtime == 0) continue;
    for (const auto* file : {"/modules.order", "/modules.dep"}) {
      const auto path = "/lib/modules/" + kernel.release + file;
      const auto modules = system.tree->info(path);
      if (!modules || modules->mtime <= image->mtime) continue;
      findings.bad.push_back(seen(initrd, "older than " + path, "an initramfs made after the modules"));
      break;
    }
  }
}

/// Looks for what unpacks the initramfs in the configuration of its kernel.
void judge_packing(const os::LinuxSystem& system, const os::BootKernel& kernel, Findings& findings) {
  const auto config = system.tree->text("/boot/config-" + kernel.release);
  if (!config) return;
  for (const auto& packing : system.initramfs(kernel).segments) {
    if (packing == "cpio") continue;
    const auto option = "CONFIG_RD_" + to_upper(packing) + "=y";
    if (config->find(option) == std::string::npos)
      findings.bad.push_back(seen(image_name(kernel), "compressed by " + packing,
                                  option + " in /boot/config-" + kernel.release));
  }
}

Outcome check_initramfs_age(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  if (system->kernels.empty()) return see_first_check();
  Findings findings;
  for (const auto& kernel : system->kernels) {
    if (kernel.file.empty() || kernel.release.empty()) continue;
    const auto directory = "/lib/modules/" + kernel.release;
    if (!system->tree->exists(directory)) {
      findings.bad.push_back(
          seen(kernel.entry.where, "no " + directory, "the modules of the kernel " + kernel.release));
      continue;
    }
    if (kernel.entry.loader != "UKI") judge_age(*system, kernel, findings);
    judge_packing(*system, kernel, findings);
  }
  return findings.outcome("Make every initramfs again.", {rebuild_command(*system)});
}

}  // namespace

constexpr Check kLnx14{
    .id = "LNX-14",
    .severity = Severity::warning,
    .scope = Scope::disk,
    .title = "initramfs is not that of its kernel",
    .good = "initramfs matches its kernel",
    .about =
        "Compares the initramfs's time with that of its kernel's modules, and its compression with "
        "/boot/config-*; the modules of every kernel are there.",
    .evaluate = check_initramfs_age};

}  // namespace san::preflight
