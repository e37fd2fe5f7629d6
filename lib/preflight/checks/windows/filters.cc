// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

/// Classes of devices that the boot disk consists of, and their setup class GUIDs (devguid.h).
struct DeviceClass {
  const char* name;
  WindowsText guid;
};

/// Keys of network components (GUID_DEVCLASS_NETSERVICE).
constexpr WindowsText kNetwork = R"(Control\Network\{4d36e974-e325-11ce-bfc1-08002be10318}\)";

constexpr DeviceClass kClasses[] = {
    {"disks", "{4d36e967-e325-11ce-bfc1-08002be10318}"},
    {"storage controllers", "{4d36e97b-e325-11ce-bfc1-08002be10318}"},
    {"volumes", "{71a27cdd-812a-11d0-bec7-08002be2092f}"},
    {"network adapters", "{4d36e972-e325-11ce-bfc1-08002be10318}"},
};

/// Returns the reason why the filter cannot be loaded; nothing if it can.
std::optional<Evidence> missing_filter(const WindowsView& view, const os::HiveKey& key,
                                       const std::string& list, const std::string& name) {
  const auto service = view.system.service(name);
  if (!service)
    return registry_evidence(key.path(), list, name + ": no such service", "drivers that are there");
  if (!service->file_present)
    return registry_evidence(key.path(), list, name + ": " + service->file + " is not there",
                             "drivers that are there");
  return {};
}

/// Returns the command that sets the list to those names; a remark if one of them cannot be part of a
/// command.
WindowsCommand keep_filters(const DeviceClass& device_class, WindowsText list,
                            const std::vector<std::string>& names) {
  if (names.empty())
    return {R"(reg delete "HKLM\SYSTEM\CurrentControlSet\Control\Class\{}" /v {} /f)", device_class.guid,
            list};
  const auto all = registry_names(names);
  if (!all)
    return windows_remark(fmt::format("by hand: Control\\Class\\{}, {}: {}", device_class.guid.text(),
                                      list.text(), fmt::join(names, ", ")));
  return {R"(reg add "HKLM\SYSTEM\CurrentControlSet\Control\Class\{}" /v {} /t REG_MULTI_SZ /d "{}" /f)",
          device_class.guid, list, *all};
}

Outcome judge_net_filters(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  std::string why;
  const std::vector<os::WindowsNic> nics = boot_nics(view, why);
  if (!why.empty()) return unknown_nic(view, why);
  if (nics.empty()) return not_applicable("this Windows has no device node for the NIC: see WIN-04");
  if (view.system.is_nt5()) return not_applicable("Windows NT 5 has no lightweight filters");

  WindowsFindings findings;
  std::vector<WindowsCommand> commands;
  std::vector<std::string> done;
  std::vector<Evidence> seen;
  // The fault is documented for Windows 7 and Server 2008 R2 (KB976042, KB2507616).
  const bool later = view.system.is_windows8_or_later().value_or(false);
  for (const os::WindowsNic& nic : nics)
    for (const os::WindowsNetFilter& filter : nic.filters) {
      if (std::find(done.begin(), done.end(), filter.guid) != done.end()) continue;
      done.push_back(filter.guid);
      const auto service = view.system.service(filter.service);
      const std::string who =
          fmt::format("{} ({})", filter.component.empty() ? filter.guid : filter.component,
                      filter.service.empty() ? "no service" : filter.service);
      if (!filter.mandatory.value_or(true) || (service && starts_at_boot(*service, false))) {
        seen.push_back(registry_evidence(nic.class_key + "\\Linkage", "FilterList", who, {}));
        continue;
      }
      const std::string key = std::string(kNetwork.text()) + filter.guid + "\\Ndi";
      auto& list = later || !filter.mandatory ? findings.warnings : findings.blockers;
      list.push_back(registry_evidence(view.system.control_set + "\\" + key, "FilterRunType",
                                       fmt::format("{} is mandatory{}, its driver's Start is {}", who,
                                                   filter.mandatory ? "" : " (not said otherwise)",
                                                   service ? start_text(service->start) : "unknown"),
                                       "2 (optional), or a driver that starts at boot"));
      if (!later) commands.push_back(reg_add_dword(kNetwork, filter.guid, "\\Ndi", "FilterRunType", "2"));
    }
  return findings.outcome(
      "A mandatory filter that is not loaded at boot keeps every protocol from the NIC. Make it optional, "
      "unbind it from the NIC that boots, or uninstall the program it came with.",
      later ? windows_commands({{"powershell Get-NetAdapterBinding -IncludeHidden -Name NIC"},
                                {"powershell Disable-NetAdapterBinding -Name NIC -ComponentID COMPONENT"}})
            : registry_commands(view, commands),
      std::move(seen));
}

Outcome judge_class_filters(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  WindowsFindings findings;
  std::vector<WindowsCommand> commands;
  std::vector<Evidence> seen;
  for (const DeviceClass& device_class : kClasses) {
    const auto key = view.system.key(std::string("Control\\Class\\") + std::string(device_class.guid.text()));
    if (!key) continue;
    for (const WindowsText list_name : {WindowsText("UpperFilters"), WindowsText("LowerFilters")}) {
      const std::string list(list_name.text());
      const std::vector<std::string> names = key->texts(list);
      std::vector<std::string> kept;
      bool bad = false;
      for (const std::string& name : names) {
        const auto fault = missing_filter(view, *key, list, name);
        if (fault)
          findings.blockers.push_back(*fault);
        else
          kept.push_back(name);
        bad = bad || fault;
      }
      if (bad)
        commands.push_back(keep_filters(device_class, list_name, kept));
      else if (!names.empty())
        seen.push_back(registry_evidence(
            key->path(), list, fmt::format("{} for {}", fmt::join(kept, ", "), device_class.name), {}));
    }
  }
  return findings.outcome(
      "A filter that the devices of a class need and that is not there keeps all of them from starting (stop "
      "0x7B). Take the name out of the list, or install the program again.",
      registry_commands(view, commands), std::move(seen));
}

}  // namespace

constexpr Check kWin05{
    .id = "WIN-05",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "a mandatory network filter is not loaded at boot",
    .good = "every mandatory network filter is loaded at boot",
    .about =
        "The filters in the NIC's FilterList: FilterRunType, and Start or BootFlags of the driver. A blocker "
        "for Windows 7 and Server 2008 R2 (KB976042, KB2507616), a warning for later ones.",
    .evaluate = judge_net_filters};

constexpr Check kWin06{
    .id = "WIN-06",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "a class filter names a driver that is not there",
    .good = "every driver that a class filter names is present",
    .about =
        "UpperFilters and LowerFilters of the classes of disks, storage controllers, volumes and network "
        "adapters: each service and its file (Microsoft, troubleshooting of stop error 7B).",
    .evaluate = judge_class_filters};

}  // namespace san::preflight
