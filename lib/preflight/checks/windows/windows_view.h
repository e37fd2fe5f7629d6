// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "block/device.h"
#include "boot/profile/boot_profile.h"
#include "os/volumes/volumes.h"
#include "os/windows/windows_system.h"
#include "preflight/check/check.h"
#include "preflight/checks/windows/windows_command.h"
#include "preflight/facts/boot_nic.h"

namespace san::preflight {

/// What the checks of a Windows look at.
struct WindowsView {
  const os::WindowsSystem& system;
  const os::DiskContent& content;
  std::optional<boot::Firmware> firmware;
  BootNic nic;
  const os::DiskContent* source = nullptr;  ///< --source; null without
  Device* device = nullptr;                 ///< for a look at the file system itself; null in tests
};

// Judgements, one a check. All but those of BitLocker and of the disk need the files of a Windows.
Outcome judge_windows_shut_down(const WindowsView& view);  ///< WIN-01
Outcome judge_windows_initiator(const WindowsView& view);  ///< WIN-02
Outcome judge_nic_service(const WindowsView& view);        ///< WIN-03
Outcome judge_nic_installed(const WindowsView& view);      ///< WIN-04
Outcome judge_net_filters(const WindowsView& view);        ///< WIN-05
Outcome judge_class_filters(const WindowsView& view);      ///< WIN-06
Outcome judge_nic_teamed(const WindowsView& view);         ///< WIN-07
Outcome judge_windows_build(const WindowsView& view);      ///< WIN-08
Outcome judge_boot_entry(const WindowsView& view);         ///< WIN-09
Outcome judge_disk_signature(const WindowsView& view);     ///< WIN-10
Outcome judge_boot_files(const WindowsView& view);         ///< WIN-11
Outcome judge_page_file(const WindowsView& view);          ///< WIN-12
Outcome judge_disk_timeouts(const WindowsView& view);      ///< WIN-13
Outcome judge_block_size(const WindowsView& view);         ///< WIN-14
Outcome judge_bitlocker(const WindowsView& view);          ///< WIN-15
Outcome judge_windows_nt5(const WindowsView& view);        ///< WIN-16

/// What a judgement gathers: what keeps the machine from booting, and what is only worth a warning.
struct WindowsFindings {
  std::vector<Evidence> blockers, warnings;

  /// Fail, with warnings behind the blockers; a warning where there are no blockers; pass with `seen` where
  /// there is neither.
  Outcome outcome(std::string remedy, std::vector<ShellCommand> commands = {},
                  std::vector<Evidence> seen = {}) const;
};

/// A value of the SYSTEM hive.
Evidence registry_evidence(const std::string& key, const std::string& value, std::string found,
                           std::string wanted);
/// "3 (on demand)", "not set".
std::string start_text(std::optional<std::uint32_t> start);
/// Whether Windows loads this driver at boot when it boots from a network: Start 0, or bit 0 of BootFlags,
/// which promotes it (Microsoft, "INF AddService directive"; not in Windows NT 5).
bool starts_at_boot(const os::WindowsService& service, bool nt5);
/// What StartOverride says against a start at boot; users report that it silently wins.
std::optional<Evidence> start_override(const os::WindowsService& service);

/// Lines for the remedy script: it runs on Linux, so commands of Windows stand in it as comments.
std::vector<ShellCommand> windows_commands(const std::vector<WindowsCommand>& lines);
/// bcdboot for that firmware, in the running Windows or from another one, as comments.
std::vector<ShellCommand> bcdboot_commands(boot::Firmware firmware);
/// Changes of the registry of a running Windows ("reg add …CurrentControlSet…"), as comments; and the same
/// with the disk attached to another Windows, by reg load.
std::vector<ShellCommand> registry_commands(const WindowsView& view,
                                            const std::vector<WindowsCommand>& commands);
/// "reg add HKLM\SYSTEM\CurrentControlSet\BEFORE NAME BEHIND /v VALUE /t REG_DWORD /d DATA /f"; a remark
/// where `name` is no RegistryName.
WindowsCommand reg_add_dword(WindowsText before, const std::string& name, WindowsText behind,
                             WindowsText value, WindowsText data);

/// The device nodes of the NIC that is to boot. `why_unknown` says why it is not known which that is.
std::vector<os::WindowsNic> boot_nics(const WindowsView& view, std::string& why_unknown);
/// The outcome where boot_nics() does not know.
Outcome unknown_nic(const WindowsView& view, const std::string& why);

}  // namespace san::preflight
