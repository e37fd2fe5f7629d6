// SPDX-License-Identifier: Apache-2.0
// WIN-12, paging file and crash dumps; WIN-13, timeouts.
#include <fmt/core.h>

#include <cctype>

#include "core/ascii.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

/// The letter of the partition that Windows is on.
char system_letter(const WindowsView& view) {
  const std::uint32_t number = view.content.volumes[view.system.volume].entry.number;
  for (const os::WindowsDrive& drive : view.system.drives)
    if (const Partition* const found = os::find_partition(view.content.table, drive.place);
        found != nullptr && found->number == number)
      return to_upper(drive.letter);
  return 'C';
}

/// Returns true if a drive letter is one of the partitions of this disk.
bool is_here(const WindowsView& view, char letter) {
  for (const os::WindowsDrive& drive : view.system.drives)
    if (to_upper(drive.letter) == letter && os::find_partition(view.content.table, drive.place) != nullptr)
      return true;
  return letter == system_letter(view);
}

}  // namespace

Outcome judge_page_file(const WindowsView& view) {
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

Outcome judge_disk_timeouts(const WindowsView& view) {
  if (!view.system.system) return unknown("the SYSTEM hive cannot be read", "see WIN-01");
  WindowsFindings findings;
  std::vector<WindowsCommand> commands;
  const auto disk = view.system.key("Services\\disk");
  std::optional<std::uint32_t> seconds;
  if (disk) seconds = disk->dword("TimeOutValue");
  const std::string path = view.system.control_set + "\\Services\\disk";
  const std::string found = seconds ? fmt::format("{} s", *seconds) : "not set";
  if (seconds.value_or(0) < 60) {
    findings.warnings.push_back(registry_evidence(path, "TimeOutValue", found, "120 s, with MPIO 60 s"));
    commands.push_back(reg_add_dword("Services\\", "disk", "", "TimeOutValue", "120"));
  }
  const auto mpio = view.system.service("mpio");
  const auto controllers = view.system.key("Control\\Class\\{4d36e97b-e325-11ce-bfc1-08002be10318}");
  if (controllers && !(mpio && mpio->start == 0U))
    for (const os::HiveKey& controller : controllers->keys()) {
      if (!same_without_case(controller.text("MatchingDeviceId").value_or(""), "root\\iscsiprt")) continue;
      const auto parameters = controller.key("Parameters");
      std::optional<std::uint32_t> hold;
      if (parameters) hold = parameters->dword("MaxRequestHoldTime");
      if (!hold || *hold >= 120) continue;
      findings.warnings.push_back(registry_evidence(parameters->path(), "MaxRequestHoldTime",
                                                    fmt::format("{} s", *hold), "120 s without MPIO"));
      commands.push_back(reg_add_dword(R"(Control\Class\{4d36e97b-e325-11ce-bfc1-08002be10318}\)",
                                       controller.name(), R"(\Parameters)", "MaxRequestHoldTime", "120"));
    }
  return findings.outcome("Give the network time to recover before Windows gives up its disk.",
                          registry_commands(view, commands),
                          {registry_evidence(path, "TimeOutValue", found, {})});
}

}  // namespace san::preflight
