// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

/// The letter of the partition that Windows is on.
char system_letter(const WindowsView& view) {
  const std::uint32_t number = view.content.volumes[view.system.volume].entry.number;
  for (const os::WindowsDrive& drive : view.system.drives)
    if (const partition::Partition* const found = os::find_partition(view.content.table, drive.partition);
        found != nullptr && found->number == number)
      return to_upper(drive.letter);
  return 'C';
}

/// Returns true if a drive letter is one of the partitions of this disk.
bool is_here(const WindowsView& view, char letter) {
  for (const os::WindowsDrive& drive : view.system.drives)
    if (to_upper(drive.letter) == letter &&
        os::find_partition(view.content.table, drive.partition) != nullptr)
      return true;
  return letter == system_letter(view);
}

Outcome judge_page_file(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  WindowsFindings findings;
  std::vector<Evidence> seen;
  const std::string key = view.system.control_set + R"(\Control\Session Manager\Memory Management)";
  const auto memory = view.system.key("Control\\Session Manager\\Memory Management");
  const std::vector<std::string> files = memory ? memory->texts("PagingFiles") : std::vector<std::string>();
  const char own = system_letter(view);
  bool on_system = false;
  for (const std::string& file : files) {
    if (file.size() < 2 || file[1] != ':') continue;
    const char letter = to_upper(file[0]);
    seen.push_back(registry_evidence(key, "PagingFiles", file, {}));
    if (letter == '?' || letter == own) on_system = true;  // '?': Windows chooses, its own drive first
    if (letter != '?' && !is_here(view, letter))
      findings.warnings.push_back(registry_evidence(key, "PagingFiles", file + ", which is not on this disk",
                                                    fmt::format("{}:", own)));
  }
  const auto crash = view.system.key("Control\\CrashControl");
  const bool dumps = crash && crash->dword("CrashDumpEnabled").value_or(0) != 0;
  if (dumps && !on_system)
    findings.warnings.push_back(registry_evidence(key, "PagingFiles",
                                                  fmt::format("none on {}:, so a crash leaves no dump", own),
                                                  "a paging file there"));
  const std::string dump = crash ? crash->text("DumpFile").value_or("") : "";
  if (dumps && dump.size() > 2 && dump[1] == ':' && !is_here(view, to_upper(dump[0])))
    findings.warnings.push_back(registry_evidence(
        crash->path(), "DumpFile", dump + ", which is not on this disk", "%SystemRoot%\\MEMORY.DMP"));
  return findings.outcome(
      "Move paging file and dump to the drive of Windows before the local disks go.",
      registry_commands(view, {{R"(reg add "HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory )"
                                R"(Management" /v PagingFiles /t REG_MULTI_SZ /d "?:\pagefile.sys" /f)"}}),
      std::move(seen));
}

}  // namespace

constexpr Check kWin12{.id = "WIN-12",
                       .severity = Severity::warning,
                       .scope = Scope::disk,
                       .title = "paging file or crash dump is not on this disk",
                       .good = "paging file and crash dump are on this disk",
                       .about = "PagingFiles and CrashControl, drive letters by MountedDevices.",
                       .evaluate = judge_page_file};

}  // namespace san::preflight
