// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/linux/linux_support.h"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "core/text/table.h"

namespace san::preflight {

using os::InitramfsTool;

Evidence seen(const std::string& where, const std::string& found, const std::string& wanted) {
  return {printable(where), printable(found), printable(wanted)};
}

Outcome Findings::outcome(std::string remedy, std::vector<ShellCommand> commands) const {
  if (!bad.empty()) {
    auto all = bad;
    all.insert(all.end(), lesser.begin(), lesser.end());
    return fail(std::move(all), std::move(remedy), std::move(commands));
  }
  if (!unknown.empty()) {
    Outcome result;
    result.evidence = unknown;
    result.remedy = needed;
    return result;
  }
  if (!lesser.empty()) {
    auto result = fail(lesser, std::move(remedy), std::move(commands));
    result.lowered = Severity::warning;
    return result;
  }
  return pass(good);
}

std::string image_name(const os::BootKernel& kernel) {
  std::string names;
  for (std::size_t i = 0; i < kernel.initrds.size(); ++i) {
    if (!names.empty()) names += " + ";
    if (!kernel.initrds[i].empty())
      names += kernel.initrds[i];
    else if (i < kernel.entry.initrds.size())
      names += kernel.entry.initrds[i];
  }
  return names.empty() ? kernel.entry.where : names;
}

std::string module_release(const os::BootKernel& kernel, const os::Initramfs& image) {
  if (kernel.release.empty() && image.modules.size() == 1) return image.modules.begin()->first;
  return kernel.release;
}

os::ModuleIndex module_index(const os::LinuxSystem& system, const os::BootKernel& kernel) {
  const auto& image = system.initramfs(kernel);
  const auto release = module_release(kernel, image);
  auto index = system.modules(release);
  const auto content = [&](const char* file) { return image.content("lib/modules/" + release + "/" + file); };
  if (index.paths.empty()) os::add_modules_dep(content("modules.dep"), index);
  if (index.builtin.empty()) os::add_modules_builtin(content("modules.builtin"), index);
  if (index.pci.empty()) {
    os::add_modules_alias(content("modules.alias"), index);
    os::add_builtin_modinfo(content("modules.builtin.modinfo"), index);
  }
  return index;
}

std::vector<std::string> missing_modules(const os::ModuleIndex& index, const os::Initramfs& image,
                                         const std::string& release, const std::vector<std::string>& wanted) {
  std::set<std::string> all(wanted.begin(), wanted.end());
  for (const auto& module : wanted)
    if (const auto needs = index.needs.find(module); needs != index.needs.end())
      all.insert(needs->second.begin(), needs->second.end());
  const auto carried = image.modules.find(release);
  std::vector<std::string> missing;
  for (const auto& module : all)
    if (!index.builtin.contains(module) &&
        (carried == image.modules.end() || !carried->second.contains(module)))
      missing.push_back(module);
  return missing;
}

InitramfsTool tool_of(const os::LinuxSystem& system) {
  for (const auto& kernel : system.kernels)
    if (const auto tool = system.initramfs(kernel).tool; tool != InitramfsTool::unknown) return tool;
  if (system.tree->exists("/usr/sbin/update-initramfs")) return InitramfsTool::initramfs_tools;
  if (system.tree->exists("/usr/bin/dracut") || system.tree->exists("/usr/lib/dracut/dracut-functions.sh"))
    return InitramfsTool::dracut;
  if (system.tree->exists("/etc/mkinitcpio.conf")) return InitramfsTool::mkinitcpio;
  return system.tree->exists("/etc/initramfs-tools") ? InitramfsTool::initramfs_tools
                                                     : InitramfsTool::unknown;
}

ShellCommand rebuild_command(const os::LinuxSystem& system) {
  switch (tool_of(system)) {
    case InitramfsTool::initramfs_tools:
      return {"update-initramfs -u -k all"};
    case InitramfsTool::dracut:
      return {"dracut --force --regenerate-all"};
    case InitramfsTool::mkinitcpio:
      return {"mkinitcpio -P"};
    case InitramfsTool::unknown:
      break;
  }
  return {"# make every initramfs again, by the tool that made it"};
}

std::vector<ShellCommand> install_commands(const os::LinuxSystem& system) {
  std::vector<ShellCommand> commands;
  const bool dracut = tool_of(system) == InitramfsTool::dracut;
  const bool debian = system.is_like("debian");
  if (debian)
    commands.push_back(
        {"apt-get install -y open-iscsi{}",
         dracut ? ShellText(" dracut-network gawk isc-dhcp-client iputils-arping procps") : ShellText("")});
  else if (system.is_like("suse") || system.is_like("opensuse"))
    commands.push_back({"zypper --non-interactive install open-iscsi dracut"});
  else if (system.is_like("fedora") || system.is_like("rhel"))
    commands.push_back({"dnf install -y iscsi-initiator-utils dracut-network"});
  else if (system.is_like("arch"))
    commands.push_back({"pacman -S --noconfirm open-iscsi"});
  else
    commands.push_back({"# install open-iscsi"});
  if (dracut) {
    // In its host-only mode dracut omits iSCSI if the running root is on a local disk. Of Debian's network
    // modules only network-legacy reads the iBFT, and it needs gawk; and dracut does not include the script
    // that Debian's iscsid.service starts first (dracut.h).
    if (debian)
      commands.push_back({R"(printf 'hostonly="no"\nadd_dracutmodules+=" iscsi network-legacy "\n)"
                          R"(install_items+=" /lib/open-iscsi/startup-checks.sh "\n' )"
                          ">/etc/dracut.conf.d/90-iscsi.conf"});
    else
      commands.push_back({R"(printf 'hostonly="no"\nadd_dracutmodules+=" iscsi network "\n' )"
                          ">/etc/dracut.conf.d/90-iscsi.conf"});
  } else if (tool_of(system) == InitramfsTool::initramfs_tools) {
    commands.push_back({"rm -f /etc/initramfs-tools/conf.d/open-iscsi"});
    commands.push_back(
        {"grep -q '^ISCSI_' /etc/iscsi/iscsi.initramfs || echo ISCSI_AUTO=true "
         ">>/etc/iscsi/iscsi.initramfs"});
  }
  commands.push_back(rebuild_command(system));
  return commands;
}

std::vector<ShellCommand> module_commands(const os::LinuxSystem& system,
                                          const std::vector<std::string>& modules) {
  std::vector<ShellCommand> commands;
  std::vector<PlainName> plain;
  for (const std::string& module : modules) {
    if (auto name = plain_name(module))
      plain.push_back(std::move(*name));
    else
      commands.push_back(shell_comment("put into the initramfs, if it is a module: " + module));
  }
  if (plain.empty()) return commands;
  const PlainNames names = with_blanks(plain);
  switch (tool_of(system)) {
    case InitramfsTool::initramfs_tools:
      commands.push_back({"printf '%s\\n' {} >>/etc/initramfs-tools/modules", names});
      break;
    case InitramfsTool::dracut:
      commands.push_back({"echo 'add_drivers+=\" {} \"' >/etc/dracut.conf.d/91-iscsi-drivers.conf", names});
      break;
    case InitramfsTool::mkinitcpio:
      commands.push_back({"sed -i 's/^MODULES=(/&{} /' /etc/mkinitcpio.conf", names});
      break;
    case InitramfsTool::unknown:
      commands.push_back({"# put into the initramfs: {}", names});
      break;
  }
  commands.push_back(rebuild_command(system));
  return commands;
}

ShellCommand grub_command(const os::LinuxSystem& system) {
  if (system.is_like("debian")) return {"update-grub"};
  if (system.tree->exists("/boot/grub2")) return {"grub2-mkconfig -o /boot/grub2/grub.cfg"};
  return {"grub-mkconfig -o /boot/grub/grub.cfg"};
}

std::vector<ShellCommand> argument_commands(const os::LinuxSystem& system, ShellText arguments) {
  const bool grub = std::ranges::any_of(
      system.kernels, [](const auto& k) { return k.entry.loader == "GRUB" || k.entry.loader == "BLS"; });
  if (!grub) return {{"sed -i 's|$| {}|' /etc/kernel/cmdline", arguments}, {"kernel-install add-all"}};
  if (system.is_like("fedora") || system.is_like("rhel"))
    return {{"grubby --update-kernel=ALL --args=\"{}\"", arguments}};
  const ShellCommand edit{"sed -i 's|^GRUB_CMDLINE_LINUX=\"|&{} |' /etc/default/grub", arguments};
  return {edit, grub_command(system)};
}

Outcome no_linux() {
  return not_applicable("no Linux was found");
}

}  // namespace san::preflight
