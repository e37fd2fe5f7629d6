// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "filesystem/ntfs/ntfs_state.h"
#include "filesystem/volume/volume.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

std::string sequence_text(const os::HiveHeader& header) {
  if (!header.checksum_good) return "the checksum of its header is wrong";
  return fmt::format("sequence numbers {} and {}", header.primary, header.secondary);
}

/// $Volume's dirty flag, $LogFile, hiberfil.sys.
void look_at_ntfs(const WindowsView& view, WindowsFindings& findings) {
  const os::DiskVolume& volume = view.content.volumes[view.system.volume];
  if (view.device == nullptr || volume.type != "ntfs") return;
  const std::uint64_t length = volume.entry.length != 0 ? volume.entry.length : view.content.size;
  try {
    filesystem::Volume range(*view.device, volume.entry.offset, length);
    filesystem::NtfsVolume ntfs(range);
    filesystem::check_ntfs_clean(ntfs);
  } catch (const filesystem::MetadataError& problem) {
    findings.blockers.push_back({volume.name + " (NTFS)", problem.why, "shut down cleanly"});
  }
}

Outcome judge_windows_shut_down(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  WindowsFindings findings;
  const os::WindowsSystem& windows = view.system;
  if (!windows.system) {
    findings.blockers.push_back({"SYSTEM", windows.why_no_system, "a registry hive that can be read"});
    return findings.outcome(
        "Boot this Windows from the disk it came from, let it repair itself, and clone again.");
  }
  if (windows.system->header().dirty())
    findings.blockers.push_back(
        {"SYSTEM", sequence_text(windows.system->header()), "equal ones: a clean hive"});
  look_at_ntfs(view, findings);
  if (windows.software && windows.software->header().dirty())
    findings.warnings.push_back({"SOFTWARE", sequence_text(windows.software->header()), "equal ones"});
  for (const os::WindowsBootStore& store : windows.stores)
    if (store.dirty) findings.warnings.push_back({store.name, "its sequence numbers differ", "equal ones"});
  const auto power = windows.key("Control\\Session Manager\\Power");
  if (power && power->dword("HiberbootEnabled") == 1U)
    findings.warnings.push_back(registry_evidence(power->path(), "HiberbootEnabled", "1: fast startup", "0"));
  const std::vector<ShellCommand> commands = windows_commands({{"powercfg /h off"}, {"shutdown /s /f /t 0"}});
  return findings.outcome(
      findings.blockers.empty()
          ? "Fast startup hibernates the kernel instead of shutting down, which a LUN that others write to "
            "does not survive: powercfg /h off."
          : "Start this Windows where it came from, run powercfg /h off and shutdown /s /f /t 0 there, and "
            "clone again. The changes that its log files hold are not replayed here.",
      commands, {{"SYSTEM", sequence_text(windows.system->header()), {}}});
}

}  // namespace

constexpr Check kWin01{
    .id = "WIN-01",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "Windows was not shut down",
    .good = "Windows was shut down cleanly",
    .about =
        "Sequence numbers and checksum of the SYSTEM hive, the dirty flag and $LogFile of its NTFS, "
        "hiberfil.sys. The hive's logs (.LOG1, .LOG2) are not replayed. Warnings: the other hives' sequence "
        "numbers, fast startup switched on.",
    .evaluate = judge_windows_shut_down};

}  // namespace san::preflight
