// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "core/ascii.h"
#include "partition/partition_types.h"
#include "preflight/checks/windows/windows_checks.h"
#include "preflight/checks/windows/windows_view.h"

namespace san::preflight {
namespace {

using os::PartitionIds;

using os::WindowsBootStore;

bool is_active(const WindowsView& view, const WindowsBootStore& store) {
  return view.content.volumes[store.volume].entry.active;
}

bool has_active(const WindowsView& view) {
  return std::any_of(view.content.volumes.begin(), view.content.volumes.end(),
                     [](const os::DiskVolume& volume) { return volume.entry.active; });
}

/// Returns the firmware: that of the subject, else that of the only stores.
std::optional<boot::Firmware> firmware_of(const WindowsView& view) {
  if (view.firmware) return view.firmware;
  std::optional<boot::Firmware> out;
  for (const WindowsBootStore& store : view.system.stores) {
    const auto own = store.uefi ? boot::Firmware::uefi : boot::Firmware::bios;
    if (out && *out != own) return {};
    out = own;
  }
  return out;
}

/// Returns the store that the boot manager of that firmware reads; null if there is none.
const WindowsBootStore* store_for(const WindowsView& view, boot::Firmware firmware) {
  const WindowsBootStore* found = nullptr;
  for (const WindowsBootStore& store : view.system.stores) {
    if (store.uefi != (firmware == boot::Firmware::uefi)) continue;
    // Without an active partition nothing boots by BIOS, which is not about Windows: IPXE-06.
    if (!store.uefi && has_active(view) && !is_active(view, store)) continue;
    if (found == nullptr) found = &store;
  }
  return found;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() &&
         same_without_case(std::string_view(text).substr(text.size() - end.size()), end);
}

std::string tree_path(std::string path) {
  std::replace(path.begin(), path.end(), '\\', '/');
  if (path.empty() || path.front() != '/') path.insert(path.begin(), '/');
  return path;
}

WindowsCommand bcdboot(boot::Firmware firmware) {
  if (firmware == boot::Firmware::uefi) return {R"(bcdboot C:\Windows /s S: /f UEFI)"};
  return {R"(bcdboot C:\Windows /s S: /f BIOS)"};
}

Outcome judge_nt5_files(const WindowsView& view, boot::Firmware firmware) {
  WindowsFindings findings;
  if (firmware == boot::Firmware::uefi)
    findings.blockers.push_back({"ntldr", "Windows NT 5 on x86 boots by BIOS only", "firmware bios"});
  for (const char* name : {"/ntldr", "/NTDETECT.COM", "/boot.ini"}) {
    const auto there = [name](const os::DiskVolume& volume) {
      return volume.files &&
             (volume.files->info(name) ||
              volume.files->info(std::string(name) == "/NTDETECT.COM" ? "/ntdetect.com" : name));
    };
    if (std::none_of(view.content.volumes.begin(), view.content.volumes.end(), there))
      findings.blockers.push_back({name, "no such file", "a file of the boot loader"});
  }
  return findings.outcome(
      "Copy the file from the installation medium (directory I386), boot.ini from the old disk.");
}

/// Checks the device of an element, which must be the partition of Windows or `boot`. Another kind is only a
/// warning.
void check_device(const WindowsView& view, const std::string& where, const std::optional<PartitionIds>& place,
                  const partition::Partition& windows, WindowsFindings& findings) {
  const auto own = os::partition_ids(view.content.table, windows);
  const std::string wanted = own ? own->text() : "a partition of this disk";
  if (!place || place->kind == PartitionIds::Kind::other) {
    findings.warnings.push_back({where, place ? place->text() : "not set", wanted});
    return;
  }
  if (place->kind == PartitionIds::Kind::boot) return;
  const partition::Partition* const found = os::find_partition(view.content.table, *place);
  if (found == nullptr || found->number != windows.number)
    findings.blockers.push_back({where, place->text(), wanted});
}

/// The letter C: on another disk than this one is a trouble at logon, not at boot.
void check_drive_letter(const WindowsView& view, const partition::Partition& windows,
                        WindowsFindings& findings) {
  for (const os::WindowsDrive& drive : view.system.drives) {
    if (drive.letter != 'C' && drive.letter != 'c') continue;
    const partition::Partition* const found = os::find_partition(view.content.table, drive.partition);
    if (found != nullptr && found->number == windows.number) continue;
    const auto own = os::partition_ids(view.content.table, windows);
    findings.warnings.push_back(registry_evidence("MountedDevices",
                                                  "\\DosDevices\\C:", drive.partition.text(),
                                                  own ? own->text() : "a partition of this disk"));
  }
}

Outcome judge_boot_files(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  const auto firmware = firmware_of(view);
  if (!firmware)
    return unknown("it is not known whether it boots by BIOS or UEFI",
                   "give --firmware bios or --firmware uefi");
  if (view.system.is_nt5()) return judge_nt5_files(view, *firmware);
  const bool uefi = *firmware == boot::Firmware::uefi;
  const std::string remedy = "Write boot files and boot configuration anew in the running Windows: " +
                             std::string(bcdboot(*firmware).text()) + " (S: is the " +
                             (uefi ? "EFI system partition" : "active partition") + ").";
  const WindowsBootStore* const store = store_for(view, *firmware);
  if (store == nullptr) {
    for (const os::DiskVolume& volume : view.content.volumes)
      if (!volume.files &&
          (uefi ? volume.entry.type_id == partition::gpt_type::efi_system : volume.entry.active))
        return unknown(volume.name + ": " + volume.why_none, "a file system that can be read there");
    std::string found = "not there";
    for (const WindowsBootStore& other : view.system.stores) found += "; there is " + other.name;
    return fail({{uefi ? R"(\EFI\Microsoft\Boot\BCD)" : "\\Boot\\BCD on the active partition", found,
                  std::string("the boot configuration for ") + (uefi ? "UEFI" : "BIOS")}},
                remedy, bcdboot_commands(*firmware));
  }
  WindowsFindings findings;
  std::vector<Evidence> seen;
  filesystem::FileTree& boot_files = *view.content.volumes[store->volume].files;
  const char* const manager = uefi ? "/EFI/Microsoft/Boot/bootmgfw.efi" : "/bootmgr";
  if (!boot_files.info(manager))
    findings.blockers.push_back(
        {view.content.volumes[store->volume].name + ", " + manager, "no such file", "the boot manager"});
  if (!store->why_unreadable.empty()) {
    findings.blockers.push_back({store->name, store->why_unreadable, "a boot configuration store"});
  } else if (!store->store.standard) {
    findings.blockers.push_back({store->name, "it has no default entry", "an entry that starts Windows"});
  } else {
    const os::BcdEntry& entry = *store->store.standard;
    const char* const ending = uefi ? ".efi" : ".exe";
    const std::string where = store->name + ", " + entry.id + ", path";
    if (!ends_with(entry.path, ending))
      findings.blockers.push_back({where, entry.path, std::string("winload") + ending});
    else if (!view.system.exists(tree_path(entry.path)))
      findings.blockers.push_back({where, entry.path + " is not there", "the loader of Windows"});
    seen.push_back({where, entry.path, {}});
  }
  return findings.outcome(remedy, bcdboot_commands(*firmware), std::move(seen));
}

Outcome judge_boot_entry(Subject& subject) {
  if (const auto none = no_windows_files(subject)) return *none;
  const WindowsView view = windows_view(subject);
  const os::DiskVolume& volume = view.content.volumes[view.system.volume];
  if (volume.entry.number == 0)
    return unknown("Windows is not on a partition of this disk", "the whole disk, with its partition table");
  WindowsFindings findings;
  check_drive_letter(view, volume.entry, findings);
  const auto firmware = firmware_of(view);
  std::vector<Evidence> seen;
  if (!view.system.is_nt5()) {
    if (!firmware)
      return unknown("it is not known whether it boots by BIOS or UEFI",
                     "give --firmware bios or --firmware uefi");
    const WindowsBootStore* const store = store_for(view, *firmware);
    if (store == nullptr || !store->store.standard)
      return not_applicable("there is no boot entry for that firmware: see WIN-11");
    const os::BcdEntry& entry = *store->store.standard;
    const std::string where = store->name + ", " + entry.id + ", ";
    check_device(view, where + "device", entry.device, volume.entry, findings);
    check_device(view, where + "osdevice", entry.os_device, volume.entry, findings);
    seen.push_back({where + "osdevice", entry.os_device ? entry.os_device->text() : "", {}});
  }
  if (findings.blockers.empty())
    return findings.outcome(
        "The letter C: belongs to another disk's partition: Windows boots, and may not find its files at "
        "logon. Remove the value while that Windows does not run; it makes a new one.",
        {{"# With the disk attached to another Windows, there as X:"},
         {R"(#   reg load HKLM\LUN X:\Windows\System32\config\SYSTEM)"},
         {R"(#   reg delete HKLM\LUN\MountedDevices /v \DosDevices\C: /f)"},
         {R"(#   reg unload HKLM\LUN)"}},
        std::move(seen));
  return findings.outcome(
      "The boot entry names another disk than this one: write it anew with bcdboot while the LUN is attached "
      "to a Windows, or clone again without new identifiers.",
      bcdboot_commands(firmware.value_or(boot::Firmware::bios)), std::move(seen));
}

}  // namespace

std::vector<ShellCommand> bcdboot_commands(boot::Firmware firmware) {
  const bool uefi = firmware == boot::Firmware::uefi;
  std::vector<ShellCommand> out = windows_commands(
      {{"mountvol S: /s  (UEFI; for BIOS S: is the active partition, see diskpart)"}, bcdboot(firmware)});
  out.push_back({"# or with the disk attached to another Windows, its partitions there as X: and S::"});
  out.push_back({R"(#   bcdboot X:\Windows /s S: /f {})", uefi ? ShellText("UEFI") : ShellText("BIOS")});
  return out;
}

constexpr Check kWin09{.id = "WIN-09",
                       .severity = Severity::blocker,
                       .scope = Scope::disk,
                       .title = "Windows looks for its partition on another disk",
                       .good = "Windows looks for its partition on this disk",
                       .about =
                           "device and osdevice of the default entry of the boot configuration (BCD) against "
                           "disk signature, GUIDs "
                           "and offsets of this disk. Warning: drive letter C: of MountedDevices.",
                       .evaluate = judge_boot_entry};

constexpr Check kWin11{
    .id = "WIN-11",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "the boot files of Windows are not for this firmware",
    .good = "the boot files of Windows are for this firmware",
    .about =
        "Boot manager and boot configuration for BIOS (active partition) or UEFI (EFI system partition), the "
        "default entry's loader: winload.exe or winload.efi, and that it is there.",
    .evaluate = judge_boot_files};

}  // namespace san::preflight
