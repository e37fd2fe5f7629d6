// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

/// A driver that Windows itself starts at boot, or that was made to.
void require_boot_driver(const WindowsView& view, const std::string& name, bool flags_do,
                         WindowsFindings& findings, std::vector<WindowsCommand>& commands) {
  const auto service = view.system.service(name);
  if (!service) {
    findings.blockers.push_back(registry_evidence(view.system.control_set + "\\Services\\" + name, "",
                                                  "no such service", "Start 0 (boot)"));
    return;
  }
  const bool ready = flags_do ? starts_at_boot(*service, view.system.is_nt5()) : service->start == 0U;
  if (!ready) {
    findings.blockers.push_back(
        registry_evidence(service->key, "Start", start_text(service->start), "0 (boot)"));
    commands.push_back(reg_add_dword("Services\\", service->name, "", "Start", "0"));
  }
  if (!service->file_present)
    findings.blockers.push_back({service->file, "no such file", "the driver of service " + service->name});
  if (const auto other = start_override(*service)) findings.warnings.push_back(*other);
}

/// The root device that carries the sessions. Windows makes it when the initiator first starts.
void require_root_device(const WindowsView& view, WindowsFindings& findings,
                         std::vector<WindowsCommand>& commands) {
  const std::string path = view.system.control_set + R"(\Enum\ROOT\ISCSIPRT)";
  constexpr std::uint32_t kBad = 0x1 | 0x20 | 0x40;  // disabled, to be reinstalled, failed (regstr.h)
  const auto node = view.system.key("Enum\\ROOT\\ISCSIPRT");
  std::string found = "no such device";
  if (node)
    for (const os::HiveKey& instance : node->keys()) {
      const std::string service = instance.text("Service").value_or("");
      const std::uint32_t flags = instance.dword("ConfigFlags").value_or(0);
      if (same_without_case(service, "iScsiPrt") && (flags & kBad) == 0) return;
      found = fmt::format("service \"{}\", ConfigFlags {:#x}", service, flags);
    }
  findings.blockers.push_back(
      registry_evidence(path, "", found, "a device with service iScsiPrt, ConfigFlags 0"));
  commands.push_back({"sc config MSiSCSI start= auto"});
  commands.push_back({"net start MSiSCSI"});
  commands.push_back(
      {R"(devcon install %windir%\inf\iscsi.inf Root\iScsiPrt  (where that did not add the device))"});
}

/// Drivers that every Windows has at boot start; what a changed one does is not documented.
void look_at_storage_stack(const WindowsView& view, WindowsFindings& findings) {
  for (const char* name : {"disk", "partmgr", "volmgr", "mountmgr", "volsnap", "FltMgr", "pci"}) {
    const auto service = view.system.service(name);
    if (service && service->start != 0U)
      findings.warnings.push_back(registry_evidence(service->key, "Start", start_text(service->start),
                                                    "0 (boot), as Windows sets it up"));
  }
}

Outcome judge_windows_initiator(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  WindowsFindings findings;
  std::vector<WindowsCommand> commands;
  require_root_device(view, findings, commands);  // its installation sets up the service anew
  require_boot_driver(view, "iScsiPrt", false, findings, commands);
  require_boot_driver(view, "Tcpip", true, findings, commands);
  require_boot_driver(view, "NDIS", true, findings, commands);
  look_at_storage_stack(view, findings);
  const auto user_mode = view.system.service("MSiSCSI");
  const std::uint32_t start = user_mode ? user_mode->start.value_or(3) : 3;
  if (start == 0 || start == 4)
    findings.warnings.push_back(registry_evidence(user_mode->key, "Start", start_text(user_mode->start),
                                                  "2 (automatic) or 3 (on demand)"));
  std::vector<Evidence> seen;
  if (const auto driver = view.system.service("iScsiPrt"))
    seen.push_back(registry_evidence(driver->key, "Start", start_text(driver->start), {}));
  return findings.outcome(
      "Make the initiator a boot driver in the running Windows: start the service MSiSCSI once, which adds "
      "the device \"Microsoft iSCSI Initiator\", then set Start of iScsiPrt to 0, shut down and clone again.",
      registry_commands(view, commands), std::move(seen));
}

}  // namespace

constexpr Check kWin02{
    .id = "WIN-02",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "Windows does not start its iSCSI initiator at boot",
    .good = "Windows starts its iSCSI initiator at boot",
    .about =
        "Service iScsiPrt with Start 0 and its file msiscsi.sys, its root device Enum\\ROOT\\ISCSIPRT, Tcpip "
        "and NDIS. Warnings: other drivers of the storage stack not at boot start, the service MSiSCSI "
        "disabled, StartOverride.",
    .evaluate = judge_windows_initiator};

}  // namespace san::preflight
