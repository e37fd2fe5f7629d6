// SPDX-License-Identifier: Apache-2.0
// WIN-08, builds with known trouble; WIN-16, Windows NT 5.
#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

std::string build_text(const os::WindowsVersion& version) {
  const std::string build = version.build ? fmt::format("{}", *version.build) : "unknown build";
  return fmt::format("{}{}{}{}", version.product, version.product.empty() ? "" : ", ", build,
                     version.revision ? fmt::format(".{}", *version.revision) : "");
}

/// Group names in the order in which the boot loader takes them.
std::size_t place_of_group(const std::vector<std::string>& groups, std::string_view name) {
  const auto found = std::find_if(groups.begin(), groups.end(),
                                  [name](const std::string& g) { return same_without_case(g, name); });
  return static_cast<std::size_t>(found - groups.begin());
}

}  // namespace

Outcome judge_windows_build(const WindowsView& view) {
  const os::WindowsVersion& version = view.system.version;
  if (!version.build)
    return unknown(
        view.system.software ? "SOFTWARE has no CurrentBuild" : "SOFTWARE: " + view.system.why_no_software,
        "a SOFTWARE hive that can be read");
  WindowsFindings findings;
  const std::string where = "SOFTWARE, Microsoft\\Windows NT\\CurrentVersion";
  // Windows 11 24H2 and Server 2025; 25H2.
  if ((*version.build == 26100 || *version.build == 26200) && version.revision.value_or(0) < 7705)
    findings.warnings.push_back(
        {where, build_text(version),
         fmt::format("{}.7705 or later, as users report; not confirmed", *version.build)});
  std::vector<Evidence> seen{{where, build_text(version), {}}};
  if (!version.product.empty() && version.product.find("Server") == std::string::npos)
    seen.push_back({where, "not a server edition: Microsoft supports iSCSI boot of those only", {}});
  if (*version.build == 7600 || *version.build == 7601)
    seen.push_back({where, "a NIC that is replaced needs KB2550978 and the same slot", {}});
  return findings.outcome("Install the updates of Windows before the move.", {}, std::move(seen));
}

Outcome judge_windows_nt5(const WindowsView& view) {
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

}  // namespace san::preflight
