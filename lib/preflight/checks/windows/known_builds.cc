// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

std::string build_text(const os::WindowsVersion& version) {
  const std::string build = version.build ? fmt::format("{}", *version.build) : "unknown build";
  return fmt::format("{}{}{}{}", version.product, version.product.empty() ? "" : ", ", build,
                     version.revision ? fmt::format(".{}", *version.revision) : "");
}

Outcome judge_windows_build(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
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

}  // namespace

constexpr Check kWin08{
    .id = "WIN-08",
    .severity = Severity::warning,
    .scope = Scope::disk,
    .title = "this build of Windows is reported to fail to boot by iSCSI",
    .good = "this build of Windows is free of reported iSCSI boot failures",
    .about =
        "CurrentBuild and UBR of the SOFTWARE hive: Windows 11 24H2, 25H2 and Server 2025 before update 7705 "
        "(reports of users). Single hotfixes are not looked for.",
    .evaluate = judge_windows_build};

}  // namespace san::preflight
