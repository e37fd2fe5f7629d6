// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

/// Group names in the order in which the boot loader takes them.
std::size_t place_of_group(const std::vector<std::string>& groups, std::string_view name) {
  const auto found = std::find_if(groups.begin(), groups.end(),
                                  [name](const std::string& g) { return same_without_case(g, name); });
  return static_cast<std::size_t>(found - groups.begin());
}

Outcome judge_windows_nt5(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.is_nt5()) return not_applicable("it is Windows Vista or later");
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  WindowsFindings findings;
  const auto order = view.system.key("Control\\ServiceGroupOrder");
  const std::vector<std::string> groups = order ? order->texts("List") : std::vector<std::string>();
  const std::size_t miniport = place_of_group(groups, "SCSI miniport");
  for (const char* name : {"NDIS Wrapper", "NDIS", "Base", "PNP_TDI"})
    if (place_of_group(groups, name) > miniport || place_of_group(groups, name) == groups.size())
      findings.blockers.push_back(registry_evidence(view.system.control_set + "\\Control\\ServiceGroupOrder",
                                                    "List", std::string(name) + " comes after SCSI miniport",
                                                    "the network before the disks"));
  const auto tcpip = view.system.key("Services\\Tcpip\\Parameters");
  if (!tcpip || tcpip->dword("DisableDHCPMediaSense") != 1U)
    findings.warnings.push_back(registry_evidence(view.system.control_set + R"(\Services\Tcpip\Parameters)",
                                                  "DisableDHCPMediaSense", "not set", "1"));
  findings.warnings.push_back({view.system.directory + "/System32/drivers/ndis.sys",
                               "its version is not looked at",
                               "on Server 2003 that of KB902113 or later, else it stops at shutdown"});
  return findings.outcome(
      "Install the boot version of the Microsoft iSCSI initiator (or run sanbootconf), which sets these up, "
      "and on Server 2003 KB902113.");
}

}  // namespace

constexpr Check kWin16{
    .id = "WIN-16",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "Windows NT 5 lacks the order of drivers that iSCSI boot needs",
    .good = "Windows NT 5 has the order of drivers that iSCSI boot needs",
    .about =
        "Windows XP and Server 2003: ServiceGroupOrder has the network before SCSI miniport. Warnings: "
        "DisableDHCPMediaSense; that the version of ndis.sys (KB902113) is not examined.",
    .evaluate = judge_windows_nt5};

}  // namespace san::preflight
