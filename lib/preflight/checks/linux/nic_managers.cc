// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <fnmatch.h>

#include <algorithm>

#include "os/linux/network.h"
#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::NicSetting;

using Way = NicSetting::Way;

/// Returns true if the setting may be about the boot NIC, as far as it is known.
bool concerns(const NicSetting& setting, const BootNic& nic) {
  if (!setting.mac.empty() && !nic.mac.empty()) return setting.mac == nic.mac;
  if (!setting.interface.empty() && !nic.interface.empty())
    return fnmatch(setting.interface.c_str(), nic.interface.c_str(), 0) == 0;
  return true;
}

/// Returns the harm that the manager of NICs would do to the one that carries the root; empty if none.
std::string harm(const NicSetting& setting, const boot::BootProfile* plan, bool kept_by_default) {
  if (!setting.automatic || setting.way == Way::leave) return {};
  const bool kept = setting.kept && kept_by_default;
  if (setting.manager == "ifupdown") {
    if (setting.way == Way::dhcp) return "inet dhcp: ifupdown takes the NIC down and up again";
    return setting.way == Way::fixed ? "inet static: ifupdown takes the NIC down and up again"
                                     : std::string{};
  }
  if (setting.way == Way::fixed && plan != nullptr && setting.address != plan->address)
    return "sets the address " + setting.address;
  if (!kept)
    return setting.way == Way::dhcp ? "asks for an address again, and gives the old one up"
                                    : "sets the address again";
  return {};
}

std::string wanted_instead(const NicSetting& setting) {
  if (setting.manager == "ifupdown") return "iface " + setting.interface + " inet manual";
  if (setting.manager == "networkd") return "KeepConfiguration=yes";
  if (setting.manager == "netplan") return "critical: true";
  return "the address of the boot NIC as it is";
}

/// Opens the file; what is wanted there is a comment behind the command.
ShellCommand edit_command(const NicSetting& setting, const ShellWord& file) {
  if (setting.manager == "networkd") return {"${EDITOR:-vi} {}  # KeepConfiguration=yes", file};
  if (setting.manager == "netplan") return {"${EDITOR:-vi} {}  # critical: true", file};
  return {"${EDITOR:-vi} {}  # the address of the boot NIC as it is", file};
}

/// Path and interface come from the disk: what no command can carry is left to people.
ShellCommand manager_command(const NicSetting& setting) {
  // A path may hold colons, too: the number of the line, where there is one, is behind the last.
  const bool numbered = setting.manager == "ifupdown" || setting.manager == "netplan";
  const auto path = numbered ? setting.where.substr(0, setting.where.rfind(':')) : setting.where;
  const auto file = path.starts_with('/') ? shell_word(path) : std::nullopt;
  const auto name = plain_name(setting.interface);
  if (file && setting.manager == "ifupdown" && name)
    return {"sed -i 's/^iface {} inet .*/iface {} inet manual/' {}", sed_pattern(*name), *name, *file};
  if (file && setting.manager != "ifupdown") return edit_command(setting, *file);
  return shell_comment("by hand, in " + path + ": " + wanted_instead(setting));
}

std::vector<ShellCommand> manager_commands(const std::vector<NicSetting>& harmful) {
  std::vector<ShellCommand> commands;
  for (const auto& setting : harmful) commands.push_back(manager_command(setting));
  std::ranges::sort(commands);
  commands.erase(std::unique(commands.begin(), commands.end()), commands.end());
  return commands;
}

/// [device…] keep-configuration=no in NetworkManager.conf(5).
std::vector<Evidence> not_kept(os::SystemTree& tree) {
  std::vector<std::string> files = {"/etc/NetworkManager/NetworkManager.conf"};
  for (const auto& [name, kind] : tree.list("/etc/NetworkManager/conf.d"))
    if (name.ends_with(".conf")) files.push_back("/etc/NetworkManager/conf.d/" + name);
  std::vector<Evidence> found;
  for (const auto& file : files) {
    const auto text = tree.text(file);
    if (!text) continue;
    for (const auto& [line, section, key, value] : os::ini_values(*text))
      if (section.starts_with("device") && key == "keep-configuration" &&
          (value == "no" || value == "false" || value == "0"))
        found.push_back(
            seen(fmt::format("{}:{}", file, line), "keep-configuration=" + value, "keep-configuration=yes"));
  }
  return found;
}

Outcome check_nic_managers(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  Findings findings;
  findings.bad = not_kept(*system->tree);
  std::vector<NicSetting> harmful;
  for (const auto& setting : os::read_nic_settings(*system)) {
    if (!concerns(setting, subject.nic())) continue;
    const auto what = harm(setting, subject.profile(), findings.bad.empty());
    if (what.empty()) {
      findings.good.push_back(seen(setting.where, setting.manager + " leaves the boot NIC as it is"));
      continue;
    }
    findings.bad.push_back(seen(setting.where, what, wanted_instead(setting)));
    harmful.push_back(setting);
  }
  return findings.outcome(
      "Leave the boot NIC to the initramfs: its address has to stay while the root is on it.",
      manager_commands(harmful));
}

}  // namespace

constexpr Check kLnx12{.id = "LNX-12",
                       .severity = Severity::warning,
                       .scope = Scope::disk,
                       .title = "system reconfigures the boot NIC",
                       .good = "system leaves the boot NIC as it is",
                       .about =
                           "Reads ifupdown, NetworkManager, netplan, systemd-networkd and ifcfg files for "
                           "settings that would take "
                           "the boot NIC down or give it another address. Without --nic or a MAC address "
                           "every NIC may be the one.",
                       .evaluate = check_nic_managers};

}  // namespace san::preflight
