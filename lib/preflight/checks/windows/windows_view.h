// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "block/readable_device.h"
#include "boot/profile/boot_profile.h"
#include "os/volumes/volumes.h"
#include "os/windows/windows_system.h"
#include "preflight/check/check.h"
#include "preflight/checks/windows/windows_command.h"
#include "preflight/facts/boot_nic.h"

namespace san::preflight {

/// Input of the checks of a Windows.
struct WindowsView {
  const os::WindowsSystem& system;
  const os::DiskContent& content;
  std::optional<boot::Firmware> firmware;
  BootNic nic;
  const os::DiskContent* source = nullptr;  ///< --source; null without it
  ReadableDevice* device = nullptr;         ///< for checks that read the file system itself; may be null
};

/// Returns the outcome of a check that needs a Windows on the disk, if there is none; nothing if there is.
std::optional<Outcome> no_windows(Subject& subject);
/// Returns the outcome of a check that needs the files of a Windows, if there is none, or BitLocker hides
/// them; nothing if they can be read.
std::optional<Outcome> no_windows_files(Subject& subject);
/// Returns the view of a Windows that no_windows() has found. It refers to the subject.
WindowsView windows_view(Subject& subject);

/// Findings of a judgement: those that keep the machine from booting, and those that deserve only a warning.
struct WindowsFindings {
  std::vector<Evidence> blockers, warnings;

  /// Returns fail with the blockers before the warnings; a warning if there are no blockers; pass with `seen`
  /// if there is neither.
  Outcome outcome(std::string remedy, std::vector<ShellCommand> commands = {},
                  std::vector<Evidence> seen = {}) const;
};

/// Returns evidence about a value of the SYSTEM hive.
Evidence registry_evidence(const std::string& key, const std::string& value, std::string found,
                           std::string wanted);
/// Returns a start type as text: "3 (on demand)", "not set".
std::string start_text(std::optional<std::uint32_t> start);
/// Returns true if Windows loads this driver at boot when it boots from a network: Start 0, or bit 0 of
/// BootFlags, which promotes it (Microsoft, "INF AddService directive"; not in Windows NT 5).
bool starts_at_boot(const os::WindowsService& service, bool nt5);
/// Returns evidence if StartOverride contradicts a start at boot; users report that it silently wins.
std::optional<Evidence> start_override(const os::WindowsService& service);

/// Returns lines for the remedy script: it runs on Linux, so that commands of Windows are comments in it.
std::vector<ShellCommand> windows_commands(const std::vector<WindowsCommand>& lines);
/// Returns bcdboot commands for that firmware, for the running Windows and for another one, as comments.
std::vector<ShellCommand> bcdboot_commands(boot::Firmware firmware);
/// Returns commands that change the registry of a running Windows ("reg add …CurrentControlSet…"), and those
/// for the disk attached to another Windows (reg load), as comments.
std::vector<ShellCommand> registry_commands(const WindowsView& view,
                                            const std::vector<WindowsCommand>& commands);
/// Returns "reg add HKLM\SYSTEM\CurrentControlSet\BEFORE NAME BEHIND /v VALUE /t REG_DWORD /d DATA /f", or a
/// remark if `name` is no RegistryName.
WindowsCommand reg_add_dword(WindowsText before, const std::string& name, WindowsText behind,
                             WindowsText value, WindowsText data);

/// Returns the device nodes of the NIC that is to boot. `why_unknown` receives the reason if the NIC is not
/// known.
std::vector<os::WindowsNic> boot_nics(const WindowsView& view, std::string& why_unknown);
/// Returns the outcome if boot_nics() does not know the NIC.
Outcome unknown_nic(const WindowsView& view, const std::string& why);

}  // namespace san::preflight
