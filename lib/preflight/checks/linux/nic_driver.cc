// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/checks/linux/initramfs_programs.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Drivers that never bring up a link without a file of firmware.
constexpr const char* kNeedFirmware[] = {"bnx2", "bnx2x", "qed", "liquidio", "nfp"};

constexpr std::uint64_t kMaxModuleFile = std::uint64_t{64} << 20;

std::string underscored(std::string text) {
  std::ranges::replace(text, '-', '_');
  return text;
}

/// The modules that drive the NIC under this kernel; none where the kernel has none.
std::vector<std::string> drivers_of(const BootNic& nic, const os::ModuleIndex& index) {
  std::vector<std::string> drivers;
  const auto name = underscored(nic.driver);
  if (!name.empty() && index.known(name))
    drivers = {name};
  else if (nic.vendor && nic.device)
    drivers = os::modules_for_nic(index, *nic.vendor, *nic.device);
  // A virtio NIC is a device of the bus that virtio_pci makes; by its PCI id only the latter is found.
  constexpr std::uint16_t virtio = 0x1af4;
  const bool virtio_pci = std::ranges::find(drivers, "virtio_pci") != drivers.end();
  if (virtio_pci && nic.vendor == virtio) drivers.emplace_back("virtio_net");
  if (!virtio_pci && std::ranges::find(drivers, "virtio_net") != drivers.end())
    drivers.emplace_back("virtio_pci");
  return drivers;
}

std::string name_of(const BootNic& nic) {
  if (nic.vendor && nic.device) {
    const auto ids = fmt::format("{:04x}:{:04x}", *nic.vendor, *nic.device);
    return nic.driver.empty() ? ids : ids + " (" + nic.driver + ")";
  }
  return nic.driver;
}

bool in_image(const os::Initramfs& image, const std::string& release, const std::string& file) {
  for (const auto& directory : {std::string("lib/firmware/"), "lib/firmware/" + release + "/",
                                "lib/firmware/updates/" + release + "/"})
    for (const auto* suffix : {"", ".xz", ".zst"})
      if (image.has(directory + file + suffix)) return true;
  return false;
}

/// A driver names the files for all its chips, and which of them this chip needs is only known by running it:
/// something is wrong where there is none of them.
void judge_firmware(const os::LinuxSystem& system, const os::BootKernel& kernel, const std::string& driver,
                    const os::ModuleIndex& index, Findings& findings) {
  const auto path = index.paths.find(driver);
  if (path == index.paths.end()) return;
  const auto& image = system.initramfs(kernel);
  const auto release = module_release(kernel, image);
  const auto module = system.tree->read("/lib/modules/" + release + "/" + path->second, kMaxModuleFile);
  if (!module) return;
  const auto files = os::firmware_of(*module);
  if (files.empty() || std::ranges::any_of(files, [&](const auto& f) { return in_image(image, release, f); }))
    return;
  const bool needed = std::ranges::find(kNeedFirmware, driver) != std::end(kNeedFirmware);
  auto& list = needed ? findings.bad : findings.lesser;
  list.push_back(seen(
      image_name(kernel), fmt::format("none of the {} files of firmware that {} names", files.size(), driver),
      "lib/firmware/" + files.front() + (needed ? "" : " or another; not every chip needs one")));
}

Outcome check_nic_driver(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  const auto& nic = subject.nic();
  if (!nic.known())
    return unknown("it is not known which NIC the machine boots from",
                   "say --nic VENDOR:DEVICE, as lspci -nn prints it");
  Findings findings;
  std::vector<std::string> wanted;
  const auto kernels = ready_kernels(*system, true);
  for (const auto* kernel : kernels) {
    const auto& image = system->initramfs(*kernel);
    const auto index = module_index(*system, *kernel);
    const auto release = module_release(*kernel, image);
    const auto drivers = drivers_of(nic, index);
    if (drivers.empty() && index.paths.empty() && index.builtin.empty()) {
      findings.unknown.push_back(seen(image_name(*kernel), "no index of the modules of " + release));
      findings.needed = "/lib/modules/" + release + " on this disk";
      continue;
    }
    if (drivers.empty()) {
      findings.bad.push_back(seen(kernel->entry.where,
                                  "the kernel " + release + " has no driver for " + name_of(nic),
                                  "a kernel that has one"));
      continue;
    }
    const auto missing = missing_modules(index, image, release, drivers);
    if (!missing.empty()) {
      findings.bad.push_back(seen(image_name(*kernel), fmt::format("no module {}", fmt::join(missing, ", ")),
                                  "the driver of " + name_of(nic)));
      wanted.insert(wanted.end(), missing.begin(), missing.end());
      continue;
    }
    findings.good.push_back(seen(image_name(*kernel), fmt::format("{}", fmt::join(drivers, ", "))));
    for (const auto& driver : drivers) judge_firmware(*system, *kernel, driver, index, findings);
  }
  if (kernels.empty()) return see_first_check();
  std::ranges::sort(wanted);
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  if (wanted.empty())
    return findings.outcome(
        "Install the package with the NIC's firmware or driver, and make every initramfs again.",
        {rebuild_command(*system)});
  auto commands = module_commands(*system, wanted);
  if (tool_of(*system) == os::InitramfsTool::initramfs_tools)
    commands.insert(commands.begin(),
                    {"sed -i 's/^MODULES=.*/MODULES=most/' /etc/initramfs-tools/initramfs.conf"});
  return findings.outcome("Put the driver of the boot NIC into the initramfs of every kernel.",
                          std::move(commands));
}

}  // namespace

constexpr Check kLnx02{.id = "LNX-02",
                       .severity = Severity::blocker,
                       .scope = Scope::disk,
                       .title = "initramfs lacks the driver of the boot NIC",
                       .good = "initramfs has the driver of the boot NIC",
                       .about =
                           "Looks up the driver of the NIC that --nic names (by PCI id in modules.alias) and "
                           "looks for it, what it "
                           "needs and its firmware in every initramfs. Unknown without --nic; firmware that "
                           "only some chips need "
                           "is a warning.",
                       .evaluate = check_nic_driver};

}  // namespace san::preflight
