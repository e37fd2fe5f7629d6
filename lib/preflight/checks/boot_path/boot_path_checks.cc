// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "preflight/checks/boot_path/boot_path.h"
#include "preflight/checks/windows/windows_view.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/nvram.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

/// Whether IPXE-07 or WIN-11 says that the disk is for the other kind of firmware.
bool is_for_other_firmware(Subject& subject, const os::DiskContent& disk) {
  return judge_mode(loader_modes(disk), subject.firmware()).status == Status::fail;
}

/// Why a check about one kind of firmware has nothing to say; empty where it has.
std::string not_about(Subject& subject, boot::Firmware wanted) {
  const os::DiskContent* const disk = subject.content();
  if (disk == nullptr) return "no image or LUN is examined";
  const auto firmware = subject.firmware();
  if (firmware && *firmware != wanted) return std::string("the machine boots by ") + to_string(*firmware);
  if (is_for_other_firmware(subject, *disk))
    return std::string("the system was installed for another firmware: see ") +
           (subject.linux_system() != nullptr ? "IPXE-07" : "WIN-11");
  if (firmware) return {};
  // It may boot either way: whatever the disk is made for has to be complete.
  const BootWay way = boot_way(disk->table);
  const bool made_for = wanted == boot::Firmware::uefi ? way.uefi() : way.bios(disk->table);
  return made_for ? std::string() : std::string("the disk is not made for ") + to_string(wanted);
}

/// With the commands of the system that is on the disk.
Outcome for_this_system(Subject& subject, boot::Firmware firmware, Outcome outcome) {
  if (!outcome.commands.empty() && subject.linux_system() == nullptr && subject.windows_system() != nullptr)
    outcome.commands = bcdboot_commands(firmware);
  return outcome;
}

Outcome uefi_boot_file(Subject& subject) {
  if (const std::string why = not_about(subject, boot::Firmware::uefi); !why.empty())
    return not_applicable(why);
  const MachineFacts* const machine = subject.machine();
  return for_this_system(
      subject, boot::Firmware::uefi,
      judge_uefi_boot_file(*subject.content(), machine == nullptr ? std::nullopt : machine->secure_boot));
}

Outcome bios_boot_code(Subject& subject) {
  if (const std::string why = not_about(subject, boot::Firmware::bios); !why.empty())
    return not_applicable(why);
  return for_this_system(subject, boot::Firmware::bios,
                         judge_bios_boot_code(*subject.device(), *subject.content()));
}

/// What keeps an operating system from being recognised.
Outcome no_system(const os::DiskContent& disk) {
  Outcome outcome = unknown("no operating system was recognised",
                            "a disk with Linux or Windows whose file systems can be read here");
  for (const os::DiskVolume& volume : disk.volumes)
    if (!volume.files && !volume.why_none.empty())
      outcome.evidence.push_back({volume.name, volume.why_none, {}});
  return outcome;
}

Outcome firmware_mode(Subject& subject) {
  const os::DiskContent* const disk = subject.content();
  if (disk == nullptr) return not_applicable("no image or LUN is examined");
  if (subject.linux_system() == nullptr)
    return subject.windows_system() == nullptr ? no_system(*disk) : not_applicable("for Windows, see WIN-11");
  return judge_mode(loader_modes(*disk), subject.firmware());
}

Outcome stale_entries(Subject& subject) {
  if (!subject.options().live) return not_applicable("the boot entries of the firmware are in the machine");
  return judge_boot_entries(subject.options().live_root);
}

constexpr std::array<Check, 4> kChecks = {{
    {"IPXE-05", Severity::blocker, Scope::disk, "UEFI finds no boot loader on the disk",
     "UEFI finds a boot loader on the disk",
     "With UEFI: looks on the EFI system partition, then on every FAT file system, for "
     "\\EFI\\BOOT\\BOOTX64.EFI (or that of another processor), which iPXE and the firmware start without "
     "being told a name; that it is a whole UEFI program for its processor, that shim has its second stage "
     "beside it, and whether it is signed.",
     uefi_boot_file},
    {"IPXE-06", Severity::blocker, Scope::disk, "BIOS finds no boot loader on the disk",
     "BIOS finds a boot loader on the disk",
     "With a BIOS: blocks of 512 bytes, boot code in the MBR, and what it leads to: GRUB's core image (in "
     "the BIOS boot partition of a GPT), else the active partition and its boot sector.",
     bios_boot_code},
    {"IPXE-07", Severity::blocker, Scope::disk, "system was installed for the other kind of firmware",
     "system was installed for this kind of firmware",
     "Compares how the machine boots (--firmware, else the profile) with the boot loaders that are "
     "installed: GRUB's directories, Windows' boot configuration, the directories of \\EFI. Unknown where no "
     "operating system is recognised at all.",
     firmware_mode},
    {"IPXE-08", Severity::warning, Scope::machine, "firmware has boot entries of disks that are not there",
     "firmware has boot entries for existing disks only",
     "With UEFI, on the machine: Boot#### variables whose path leads to a partition that none of its disks "
     "has. Some firmware hangs on them when iPXE hands over (ipxe issue 996).",
     stale_entries},
}};

}  // namespace

std::span<const Check> boot_path_checks() {
  return kChecks;
}

}  // namespace san::preflight
