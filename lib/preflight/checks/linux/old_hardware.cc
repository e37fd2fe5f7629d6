// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/linux/linux_checks.h"
#include "preflight/checks/linux/linux_support.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

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

}  // namespace

constexpr Check kLnx15{
    .id = "LNX-15",
    .severity = Severity::info,
    .scope = Scope::disk,
    .title = "system is tied to old hardware",
    .good = "system is free of ties to old hardware",
    .about =
        "Reads udev rules and .link files that name NICs by MAC address, and whether SELinux relabels at the "
        "next start.",
    .evaluate = check_old_hardware};

}  // namespace san::preflight
