// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/initramfs_programs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/checks/linux/dracut.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::InitramfsTool;

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Why the files that the loader names cannot be an initramfs that works; empty where nothing is wrong.
std::vector<Evidence> lost_files(const os::BootKernel& kernel) {
  std::vector<Evidence> lost;
  const auto& entry = kernel.entry;
  if (kernel.file.empty()) lost.push_back(seen(entry.where, entry.kernel + " is not there", "the kernel"));
  for (std::size_t i = 0; i < entry.initrds.size() && i < kernel.initrds.size(); ++i)
    if (kernel.initrds[i].empty())
      lost.push_back(seen(entry.where, entry.initrds[i] + " is not there", "the initramfs"));
  if (kernel.initrds.empty())
    lost.push_back(
        seen(entry.where, "no initramfs", "one that logs in to the target: no kernel does that itself"));
  return lost;
}

/// Programs and scripts, by the tool that made the image; `root` is the root file system's volume, or null.
std::vector<std::string> lost_programs(const os::Initramfs& image, const os::DiskVolume* root) {
  std::vector<std::string> lost;
  const auto want = [&](bool there, const char* name) {
    if (!there) lost.emplace_back(name);
  };
  switch (image.tool) {
    case InitramfsTool::initramfs_tools:
      want(image.has_program("iscsistart"), "sbin/iscsistart");
      want(image.has("scripts/local-top/iscsi"), "scripts/local-top/iscsi");
      break;
    case InitramfsTool::dracut:
      lost = lost_programs_of_dracut(image);
      break;
    case InitramfsTool::mkinitcpio:
    case InitramfsTool::unknown:
      want(image.has_program("iscsistart") || image.has_program("iscsid"), "iscsistart or iscsid");
      break;
  }
  // Nothing else makes a volume group's logical volumes appear.
  if (root != nullptr && !root->logical.empty()) want(image.has_program("lvm"), "sbin/lvm (package lvm2)");
  return lost;
}

std::vector<std::string> wanted_modules(const os::LinuxSystem& system, const os::ModuleIndex& index) {
  std::vector<std::string> wanted = {"iscsi_tcp", "sd_mod"};
  if (system.root == nullptr) return wanted;
  if (const auto& type = system.root->type;
      index.known(type) || type == "ext4" || type == "xfs" || type == "btrfs")
    wanted.push_back(type);
  if (!system.root->logical.empty()) wanted.emplace_back("dm_mod");
  return wanted;
}

const char* opt_out = "/etc/initramfs-tools/conf.d/open-iscsi";

Outcome check_initramfs(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  if (system->kernels.empty())
    return unknown("no kernel was found that a boot loader can start" +
                       (system->loaders.empty() ? std::string() : ": " + listed(system->loaders)),
                   "a configuration of GRUB (grub.cfg), or entries of systemd-boot, on this disk");
  Findings findings;
  findings.needed = "look at it with lsinitramfs or lsinitrd on the source machine";
  for (const auto& kernel : system->kernels) {
    const auto carried = carries_initiator(*system, kernel);
    auto& list = carried.status == Status::fail      ? findings.bad
                 : carried.status == Status::unknown ? findings.unknown
                                                     : findings.good;
    for (const auto& evidence : carried.evidence) {
      const auto same = [&](const Evidence& e) {
        return e.where == evidence.where && e.found == evidence.found;
      };
      if (std::ranges::none_of(list, same)) list.push_back(evidence);
    }
  }
  for (const auto& text : system->not_understood) findings.unknown.push_back(seen("", text));
  if (!findings.bad.empty() && system->tree->exists(opt_out))
    findings.bad.push_back(seen(opt_out, "there is one", "none with NO_ISCSI_IN_INITRAMFS"));
  return findings.outcome(
      "Install open-iscsi and make the initramfs of every kernel again; remove boot entries of kernels that "
      "are gone.",
      install_commands(*system));
}

}  // namespace

Carried carries_initiator(const os::LinuxSystem& system, const os::BootKernel& kernel) {
  Carried result;
  const auto where = image_name(kernel);
  const auto bad = [&](const std::string& found, const std::string& wanted) {
    result.status = Status::fail;
    result.evidence.push_back(seen(where, found, wanted));
  };
  if (auto lost = lost_files(kernel); !lost.empty()) return {Status::fail, std::move(lost)};
  const auto& image = system.initramfs(kernel);
  if (!image.damage.empty()) {
    result.status = image.beyond_us ? Status::unknown : Status::fail;
    result.evidence.push_back(seen(where, image.damage, "an initramfs"));
    return result;
  }
  if (const auto lost = lost_programs(image, system.root); !lost.empty())
    bad("no " + listed(lost), "what logs in to the target and finds the root");
  const auto release = module_release(kernel, image);
  const auto index = module_index(system, kernel);
  const auto wanted = wanted_modules(system, index);
  const auto missing = missing_modules(index, image, release, wanted);
  if (!missing.empty() && !image.modules.empty() && !image.modules.contains(release)) {
    std::vector<std::string> others;
    for (const auto& [other, names] : image.modules) others.push_back(other);
    bad("modules of " + listed(others),
        "those of the kernel, " + (release.empty() ? "whichever it is" : release));
  } else if (!missing.empty()) {
    bad("no module " + listed(missing), "in the initramfs, or built into the kernel " + release);
  }
  if (result.status == Status::pass)
    result.evidence.push_back(
        seen(where, fmt::format("{} ({}): {} for {}", to_string(image.tool), fmt::join(image.segments, ", "),
                                listed(wanted), release)));
  return result;
}

std::vector<const os::BootKernel*> ready_kernels(const os::LinuxSystem& system, bool once) {
  std::vector<const os::BootKernel*> ready;
  for (const auto& kernel : system.kernels) {
    const bool seen = once && std::ranges::any_of(ready, [&](const auto* other) {
                        return other->initrds == kernel.initrds && other->release == kernel.release;
                      });
    if (!seen && carries_initiator(system, kernel).status == Status::pass) ready.push_back(&kernel);
  }
  return ready;
}

Outcome see_first_check() {
  return not_applicable("no kernel was found that passes LNX-01");
}

constexpr Check kLnx01{
    .id = "LNX-01",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "initramfs cannot log in to a target",
    .good = "initramfs can log in to a target",
    .about =
        "Opens the initramfs of every kernel that GRUB or systemd-boot can start: it is there and whole, has "
        "iscsistart or iscsid with what starts it and what its unit starts first, and iscsi_tcp, sd_mod, the "
        "root's file system and all that these need, or the kernel has them built in. Unknown where the list "
        "of "
        "kernels was not found, or an image is packed by lzop or in a squashfs.",
    .evaluate = check_initramfs};

}  // namespace san::preflight
