// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

using os::WindowsNic;

constexpr const char* kTeam = "NdisImPlatform";  // Microsoft Network Adapter Multiplexor Protocol
constexpr const char* kSwitch = "VMSP";          // Hyper-V's virtual switch

bool is_bound(const WindowsNic& nic, std::string_view service) {
  return std::any_of(nic.bound.begin(), nic.bound.end(),
                     [service](const std::string& name) { return same_without_case(name, service); });
}

/// Names of CONFIGFLAG_… (regstr.h) that keep a device from starting.
std::string bad_flags(std::uint32_t flags) {
  std::string out;
  const auto add = [&out, flags](std::uint32_t bit, const char* name) {
    if ((flags & bit) != 0) out += std::string(out.empty() ? "" : ", ") + name;
  };
  add(0x1, "disabled");
  add(0x20, "to be reinstalled");
  add(0x40, "installation failed");
  return out;
}

/// Returns the faults that keep a device node from being ready, with TCP/IP, when Windows looks for the boot
/// device.
std::vector<Evidence> faults_of(const WindowsView& view, const WindowsNic& nic) {
  std::vector<Evidence> out;
  const auto need = [&out](bool good, const std::string& key, const char* value, const std::string& found,
                           const char* wanted) {
    if (!good) out.push_back(registry_evidence(key, value, found, wanted));
  };
  const std::string flags = bad_flags(nic.config_flags);
  need(flags.empty(), nic.key, "ConfigFlags", fmt::format("{:#x}: {}", nic.config_flags, flags), "0");
  need(!nic.service.empty(), nic.key, "Service", "not set: no driver is installed", "the NIC's driver");
  need(!nic.class_key.empty(), nic.key, "Driver", "not set", "{4d36e972-e325-11ce-bfc1-08002be10318}\\NNNN");
  if (nic.class_key.empty()) return out;
  need(nic.class_present, nic.class_key, "", "no such key", "the adapter's settings");
  if (!nic.class_present) return out;
  need(!nic.guid.empty(), nic.class_key, "NetCfgInstanceId", "not set", "the adapter's GUID");
  need(nic.linkage, nic.class_key + "\\Linkage", "Export, RootDevice", "not set", "names of the adapter");
  if (nic.guid.empty()) return out;
  const std::string tcpip = view.system.control_set + R"(\Services\Tcpip\)";
  need(nic.tcpip_interface, tcpip + "Parameters\\Interfaces", nic.guid.c_str(), "no such key",
       "settings of TCP/IP");
  // A member of a team or of a virtual switch has no TCP/IP of its own: WIN-07.
  need(nic.tcpip_bound || is_bound(nic, kTeam) || is_bound(nic, kSwitch), tcpip + "Linkage", "Bind",
       "\\Device\\" + nic.guid + " is not among them", "TCP/IP bound to the NIC");
  return out;
}

std::string wanted_name(const BootNic& nic) {
  return nic.vendor ? fmt::format("PCI\\VEN_{:04X}&DEV_{:04X}", *nic.vendor, nic.device.value_or(0))
                    : nic.driver;
}

Outcome judge_nic_service(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  std::string why;
  const std::vector<WindowsNic> nics = boot_nics(view, why);
  if (!why.empty()) return unknown_nic(view, why);
  std::vector<std::string> names;
  for (const WindowsNic& nic : nics)
    if (!nic.service.empty() && std::find(names.begin(), names.end(), nic.service) == names.end())
      names.push_back(nic.service);
  if (names.empty()) return not_applicable("this Windows has no driver for the NIC: see WIN-04");

  WindowsFindings findings;
  std::vector<WindowsCommand> commands;
  std::vector<Evidence> seen;
  for (const std::string& name : names) {
    const auto service = view.system.service(name);
    if (!service) {
      findings.blockers.push_back(registry_evidence(view.system.control_set + "\\Services\\" + name, "",
                                                    "no such service", "the NIC's driver"));
      continue;
    }
    if (!starts_at_boot(*service, view.system.is_nt5())) {
      findings.blockers.push_back(registry_evidence(
          service->key, "Start",
          start_text(service->start) + fmt::format(", BootFlags {:#x}", service->boot_flags.value_or(0)),
          "Start 0 (boot), or bit 0 of BootFlags"));
      commands.push_back(reg_add_dword("Services\\", service->name, "", "Start", "0"));
    }
    if (!service->file_present)
      findings.blockers.push_back({service->file, "no such file", "the driver of service " + name});
    if (const auto other = start_override(*service)) findings.warnings.push_back(*other);
    seen.push_back(registry_evidence(
        service->key, "Start",
        start_text(service->start) + fmt::format(", BootFlags {:#x}", service->boot_flags.value_or(0)), {}));
  }
  return findings.outcome("Make the NIC's driver a boot driver, or install the driver again.",
                          registry_commands(view, commands), std::move(seen));
}

Outcome judge_nic_installed(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  std::string why;
  const std::vector<WindowsNic> nics = boot_nics(view, why);
  if (!why.empty()) return unknown_nic(view, why);
  const std::string remedy =
      "Put the NIC in the slot it will boot from, start this Windows once with it from its old disk, let it "
      "install the driver and check that it gets an address; then shut down and clone again. The device node "
      "belongs to the slot: the NIC stays there.";
  if (nics.empty())
    return fail({registry_evidence(view.system.control_set + "\\Enum\\PCI", "", "no device node of class Net",
                                   wanted_name(view.nic))},
                remedy);
  std::vector<Evidence> fewest;
  for (std::size_t i = 0; i < nics.size(); ++i) {
    std::vector<Evidence> faults = faults_of(view, nics[i]);
    if (faults.empty()) return pass({registry_evidence(nics[i].key, "Service", nics[i].service, {})});
    if (i == 0 || faults.size() < fewest.size()) fewest = std::move(faults);
  }
  return fail(std::move(fewest), remedy);
}

Outcome judge_nic_teamed(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  std::string why;
  const std::vector<WindowsNic> nics = boot_nics(view, why);
  if (!why.empty()) return unknown_nic(view, why);
  if (nics.empty()) return not_applicable("this Windows has no device node for the NIC: see WIN-04");
  WindowsFindings findings;
  for (const WindowsNic& nic : nics) {
    const std::string key = nic.class_key + "\\Linkage";
    if (is_bound(nic, kTeam))
      findings.blockers.push_back(registry_evidence(
          key, "UpperBind", "NdisImPlatform: it is a member of a team", "TCP/IP of its own"));
    if (is_bound(nic, kSwitch))
      findings.warnings.push_back(
          registry_evidence(key, "UpperBind", "VMSP: it belongs to a Hyper-V switch", "TCP/IP of its own"));
  }
  return findings.outcome(
      "Take the NIC that boots out of the team or virtual switch: neither is up when the boot disk is needed "
      "(of virtual switches that is expected, not documented).",
      windows_commands({{"powershell Get-NetLbfoTeamMember"},
                        {"powershell Remove-NetLbfoTeamMember -Name NIC -Team TEAM"},
                        {"powershell Get-VMSwitch"}}));
}

}  // namespace

constexpr Check kWin03{
    .id = "WIN-03",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "Windows does not start the NIC's driver at boot",
    .good = "Windows starts the NIC's driver at boot",
    .about =
        "The service of the NIC (--nic): Start 0 or bit 0 of BootFlags, and its file. A bus driver below the "
        "NIC, as paravirtual ones have, is not examined.",
    .evaluate = judge_nic_service};

constexpr Check kWin04{
    .id = "WIN-04",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "Windows has not installed the NIC that boots",
    .good = "Windows has installed the NIC that boots",
    .about =
        "A device node below Enum\\PCI with the NIC's vendor and device, its ConfigFlags, its entry in the "
        "class of network adapters, TCP/IP bound to it. Whether the NIC is in the slot of that node cannot "
        "be "
        "seen on the disk.",
    .evaluate = judge_nic_installed};

constexpr Check kWin07{.id = "WIN-07",
                       .severity = Severity::blocker,
                       .scope = Scope::disk,
                       .title = "the NIC that boots is in a team or virtual switch",
                       .good = "the NIC that boots is outside any team or virtual switch",
                       .about =
                           "What is bound to the NIC: the multiplexor of teams; as a warning, for lack of "
                           "documents, the Hyper-V "
                           "switch. Teams of NIC vendors are not recognised.",
                       .evaluate = judge_nic_teamed};

}  // namespace san::preflight
