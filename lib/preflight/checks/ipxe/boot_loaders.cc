// SPDX-License-Identifier: Apache-2.0
#include "preflight/checks/ipxe/boot_loaders.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/text/table.h"
#include "preflight/checks/windows/windows_view.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

struct Sign {
  const char* path;
  boot::Firmware firmware;
};

/// Traces of installations, the most certain first. Fedora and its like have no directory of GRUB's modules
/// for UEFI: there the files of the ESP are the trace.
constexpr std::array<Sign, 13> kSigns = {{{"/boot/grub/i386-pc", boot::Firmware::bios},
                                          {"/boot/grub2/i386-pc", boot::Firmware::bios},
                                          {"/grub/i386-pc", boot::Firmware::bios},
                                          {"/grub2/i386-pc", boot::Firmware::bios},
                                          {"/boot/extlinux/ldlinux.sys", boot::Firmware::bios},
                                          {"/Boot/BCD", boot::Firmware::bios},
                                          {"/ntldr", boot::Firmware::bios},
                                          {"/boot/grub/x86_64-efi", boot::Firmware::uefi},
                                          {"/boot/grub2/x86_64-efi", boot::Firmware::uefi},
                                          {"/grub/x86_64-efi", boot::Firmware::uefi},
                                          {"/grub2/x86_64-efi", boot::Firmware::uefi},
                                          {"/EFI/Microsoft/Boot/BCD", boot::Firmware::uefi},
                                          {"/loader/loader.conf", boot::Firmware::uefi}}};

/// Finds a directory of \EFI that has content; \EFI\BOOT alone does not show what is installed.
std::string efi_vendor(filesystem::FileTree& files) {
  for (const filesystem::DirectoryEntry& vendor : files.list("/EFI"))
    if (vendor.kind == filesystem::FileInfo::Kind::directory && to_upper(vendor.name) != "BOOT" &&
        !files.list("/EFI/" + vendor.name).empty())
      return "/EFI/" + vendor.name;
  return {};
}

/// Returns true if IPXE-07 or WIN-11 says that the disk is for the other kind of firmware.
bool is_for_other_firmware(Subject& subject, const os::DiskContent& disk) {
  return judge_mode(loader_modes(disk), subject.firmware()).status == Status::fail;
}

}  // namespace

LoaderModes loader_modes(const os::DiskContent& disk) {
  LoaderModes out;
  const auto add = [&out](boot::Firmware firmware, const std::string& where, const std::string& path) {
    if (!out.modes.insert(firmware).second) return;
    out.evidence.push_back(
        {where, fmt::format("{}: a boot loader for {}", printable(path), to_string(firmware)), {}});
  };
  for (const os::DiskVolume& volume : disk.volumes) {
    if (!volume.files) continue;
    for (const Sign& sign : kSigns)
      if (volume.files->info(sign.path)) add(sign.firmware, volume.name, sign.path);
    if (volume.type.starts_with("fat") || volume.type == "vfat")
      if (const std::string vendor = efi_vendor(*volume.files); !vendor.empty())
        add(boot::Firmware::uefi, volume.name, vendor);
  }
  return out;
}

Outcome judge_mode(const LoaderModes& loaders, std::optional<boot::Firmware> firmware) {
  if (loaders.modes.empty())
    return not_applicable(
        "no directory of a boot loader tells for which firmware it was installed: IPXE-05 and IPXE-06 "
        "examine the boot loaders themselves");
  if (!firmware || loaders.modes.contains(*firmware)) return pass(loaders.evidence);
  const boot::Firmware other = *loaders.modes.begin();
  auto evidence = loaders.evidence;
  evidence.back().wanted = fmt::format("one for {}, by which the machine boots", to_string(*firmware));
  return fail(std::move(evidence),
              fmt::format("Set the machine to boot by {} (and say --firmware {}), or convert the system on "
                          "the source machine.",
                          to_string(other), other == boot::Firmware::bios ? "bios" : "uefi"));
}

std::string not_about_firmware(Subject& subject, boot::Firmware wanted) {
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

Outcome for_this_system(Subject& subject, boot::Firmware firmware, Outcome outcome) {
  if (!outcome.commands.empty() && subject.linux_system() == nullptr && subject.windows_system() != nullptr)
    outcome.commands = bcdboot_commands(firmware);
  return outcome;
}

}  // namespace san::preflight
