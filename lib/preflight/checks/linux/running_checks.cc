// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "os/linux/network.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/checks/machine/machine_checks.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

using os::NicSetting;
using Way = NicSetting::Way;

/// Whether the setting may be about the boot NIC, as far as it is known.
bool concerns(const NicSetting& setting, const BootNic& nic) {
  if (!setting.mac.empty() && !nic.mac.empty()) return setting.mac == nic.mac;
  if (!setting.interface.empty() && !nic.interface.empty())
    return fnmatch(setting.interface.c_str(), nic.interface.c_str(), 0) == 0;
  return true;
}

/// What the manager of NICs would do to the one that carries the root; empty where it does no harm.
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

/// A setting of iscsid.conf(5), with the line it stands on.
struct Timeout {
  std::string where;
  long seconds = 0;
};

Timeout timeout_of(std::string_view text, std::string_view name, long otherwise) {
  Timeout timeout{"/etc/iscsi/iscsid.conf", otherwise};
  for (const auto& [number, line] : os::config_lines(text)) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos || os::without_blanks(line.substr(0, equals)) != name) continue;
    const auto value = os::without_blanks(line.substr(equals + 1));
    long seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc()) continue;
    timeout = {fmt::format("/etc/iscsi/iscsid.conf:{}", number), seconds};
  }
  return timeout;
}

bool wanted_by_a_target(os::SystemTree& tree, std::string_view unit) {
  for (const auto& [directory, kind] : tree.list("/etc/systemd/system")) {
    if (!directory.ends_with(".wants")) continue;
    for (const auto& [name, link] : tree.list("/etc/systemd/system/" + directory))
      if (name == unit) return true;
  }
  return false;
}

}  // namespace

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

Outcome check_iscsid(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  // What runs counts more than what is configured.
  if (const auto* machine = subject.machine(); machine != nullptr && subject.device() == nullptr)
    if (auto live = session_lasts(*machine); live.status == Status::fail) return live;
  auto& tree = *system->tree;
  Findings findings;
  const auto text = tree.text("/etc/iscsi/iscsid.conf");
  if (!text)
    return fail({seen("/etc/iscsi/iscsid.conf", "is not there",
                      "iscsid, which logs in again when a session is lost")},
                "Install open-iscsi.", install_commands(*system));
  bool enabled = false;
  for (const auto* unit : {"iscsid.socket", "iscsid.service", "open-iscsi.service", "iscsi.service"})
    enabled = enabled || wanted_by_a_target(tree, unit);
  if (!enabled && tree.exists("/etc/systemd/system"))
    findings.bad.push_back(seen("/etc/systemd/system", "nothing starts iscsid", "iscsid.socket"));
  const bool multipath = tree.exists("/etc/multipath.conf") &&
                         (tree.exists("/usr/sbin/multipathd") || tree.exists("/sbin/multipathd"));
  const auto replacement = timeout_of(*text, "node.session.timeo.replacement_timeout", 120);
  const auto noop = timeout_of(*text, "node.conn[0].timeo.noop_out_interval", 5);
  // README of open-iscsi, 8.1 and 8.2: with multipath fail over soon; without, the root has nothing but to
  // wait.
  if (multipath && (replacement.seconds > 15 || replacement.seconds < 0))
    findings.bad.push_back(seen(replacement.where,
                                fmt::format("replacement_timeout = {}", replacement.seconds),
                                "5, with multipath"));
  if (!multipath && replacement.seconds >= 0 && replacement.seconds < 86400)
    findings.bad.push_back(seen(replacement.where,
                                fmt::format("replacement_timeout = {}", replacement.seconds),
                                "86400 for a root without multipath"));
  if (!multipath && noop.seconds != 0)
    findings.bad.push_back(seen(noop.where, fmt::format("noop_out_interval = {}", noop.seconds),
                                "0 for a root without multipath"));
  if (findings.bad.empty())
    findings.good.push_back(
        seen(replacement.where, fmt::format("replacement_timeout = {}", replacement.seconds)));
  return findings.outcome(
      "Start iscsid, and let a root without multipath wait for its target instead of failing.",
      {{"systemctl enable iscsid.socket"},
       {"sed -i -e 's/^\\(node.session.timeo.replacement_timeout\\).*/\\1 = {}/' -e "
        "'s/^\\(node.conn\\[0\\].timeo.noop_out_\\(interval\\|timeout\\)\\).*/\\1 = {}/' "
        "/etc/iscsi/iscsid.conf",
        multipath ? ShellText("5") : ShellText("86400"), multipath ? ShellText("5") : ShellText("0")}});
}

Outcome check_old_hardware(Subject& subject) {
  const auto* system = subject.linux_system();
  if (system == nullptr) return no_linux();
  auto& tree = *system->tree;
  Findings findings;
  const auto& nic = subject.nic();
  const auto rules = [&](const std::string& path, std::string_view key) {
    const auto text = tree.text(path);
    if (!text) return;
    for (const auto& [number, line] : os::config_lines(*text, "#;")) {
      if (line.find(key) == std::string_view::npos) continue;
      if (!nic.mac.empty() && line.find(nic.mac) != std::string_view::npos) continue;
      findings.bad.push_back(seen(fmt::format("{}:{}", path, number), std::string(line.substr(0, 120)),
                                  nic.mac.empty() ? "no name of a NIC by its MAC address" : nic.mac));
    }
  };
  for (const auto& [name, kind] : tree.list("/etc/udev/rules.d"))
    if (name.find("net") != std::string::npos && name.ends_with(".rules"))
      rules("/etc/udev/rules.d/" + name, "ATTR{address}");
  for (const auto& [name, kind] : tree.list("/etc/systemd/network"))
    if (name.ends_with(".link")) rules("/etc/systemd/network/" + name, "MACAddress=");
  if (tree.exists("/.autorelabel"))
    findings.bad.push_back(
        seen("/.autorelabel", "SELinux labels every file at the next start, and reboots", "none"));
  if (const auto id = tree.text("/etc/machine-id"); id && id->size() > 32)
    findings.good.push_back(seen("/etc/machine-id", "set: for a golden image, empty it"));
  return findings.outcome("Take out what is tied to NICs that are not there any more.");
}

}  // namespace san::preflight
