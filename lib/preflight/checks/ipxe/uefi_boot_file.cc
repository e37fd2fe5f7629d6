// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/text/table.h"
#include "os/efi_image.h"
#include "preflight/checks/ipxe/boot_loaders.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/machine_facts.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

constexpr std::uint64_t kMaxProgram = std::uint64_t{32} << 20;

struct DefaultFile {
  const char* name;
  std::uint16_t machine;
};

/// UEFI 2.10, 3.5.1.1, table 3.2: what a PC looks for first.
constexpr std::array<DefaultFile, 3> kDefaults = {
    {{"BOOTX64.EFI", 0x8664}, {"BOOTAA64.EFI", 0xAA64}, {"BOOTIA32.EFI", 0x014C}}};

bool is_fat(const os::DiskVolume& volume) {
  return volume.type.starts_with("fat") || volume.type == "vfat";
}

std::string esp_name(const os::DiskVolume& volume) {
  return volume.name + (volume.type.empty() ? "" : fmt::format(" ({})", printable(volume.type)));
}

std::vector<std::byte> read_program(filesystem::FileTree& files, const std::string& path) {
  const auto info = files.info(path);
  if (!info) return {};
  return files.read(path, 0, std::min(info->size, kMaxProgram));
}

/// Returns the programs in other directories of \EFI as one line.
std::string other_loaders(filesystem::FileTree& files) {
  std::vector<std::string> found;
  for (const filesystem::DirectoryEntry& vendor : files.list("/EFI")) {
    if (vendor.kind != filesystem::FileInfo::Kind::directory) continue;
    for (const filesystem::DirectoryEntry& file : files.list("/EFI/" + vendor.name))
      if (const std::string name = to_lower(file.name); name.size() > 4) {
        if (name.ends_with(".efi") && found.size() < 4)
          found.push_back(printable("\\EFI\\" + vendor.name + "\\" + file.name));
      }
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

std::vector<ShellCommand> install_removable_grub() {
  return {{"# Debian and Ubuntu: also keep it there at every upgrade"},
          {"if command -v debconf-set-selections >/dev/null && [ -d /boot/grub ]; then"},
          {"  echo grub-efi-amd64 grub2/force_efi_extra_removable boolean true | debconf-set-selections"},
          {"  grub-install --target=x86_64-efi --force-extra-removable"},
          {"else"},
          {"  # Fedora, RHEL and SUSE: shim and what it starts, under the default name"},
          {"  esp=$(findmnt -no TARGET /boot/efi || findmnt -no TARGET /efi)"},
          {"  mkdir -p \"$esp/EFI/BOOT\""},
          {"  shim=$(ls \"$esp\"/EFI/*/shimx64.efi | head -n 1)"},
          {"  cp \"$shim\" \"$esp/EFI/BOOT/BOOTX64.EFI\""},
          {"  cp \"${shim%/*}\"/grub* \"$esp/EFI/BOOT/\""},
          {"fi"}};
}

Outcome missing(const os::DiskVolume& esp) {
  const std::string others = other_loaders(*esp.files);
  std::string remedy =
      "Install the boot loader under its default name on the source machine, and clone again.";
  if (!others.empty())
    remedy += " Or let iPXE start another by sanboot --filename: the disk has " + others + ".";
  return fail(
      {{esp_name(esp), others.empty() ? "no boot loader" : "only " + others, "\\EFI\\BOOT\\BOOTX64.EFI"}},
      remedy, install_removable_grub());
}

/// shim starts its second stage from its own directory, or a program that looks for boot entries.
bool has_second_stage(filesystem::FileTree& files) {
  for (const filesystem::DirectoryEntry& entry : files.list("/EFI/BOOT")) {
    const std::string name = to_lower(entry.name);
    if (name.ends_with(".efi") && (name.starts_with("grub") || name.starts_with("fb"))) return true;
  }
  return false;
}

Outcome judge_program(const os::DiskVolume& esp, const DefaultFile& file, std::optional<bool> secure_boot) {
  const std::string where = esp_name(esp) + std::string(", \\EFI\\BOOT\\") + file.name;
  const auto bytes = read_program(*esp.files, std::string("/EFI/BOOT/") + file.name);
  const auto image = os::parse_efi_image(bytes);
  const std::string again = "Install the boot loader again on the source machine, and clone again.";
  const auto bad = [&](std::string found, std::string wanted) {
    return fail({{where, std::move(found), std::move(wanted)}}, again, install_removable_grub());
  };
  const std::string wanted = fmt::format("a UEFI program for {}", os::machine_name(file.machine));
  if (!image) return bad(bytes.empty() ? "is empty" : "is not a UEFI program", wanted);
  if (!image->fault.empty()) return bad(image->fault, wanted);
  if (image->machine != file.machine) return bad("is for " + os::machine_name(image->machine), wanted);
  if (!image->application) return bad("is not a UEFI application", wanted);
  if (image->shim && !has_second_stage(*esp.files))
    return bad("is shim, and grubx64.efi is not beside it", "\\EFI\\BOOT\\grubx64.efi");
  if (!image->has_signature && secure_boot.value_or(false))
    return bad("is not signed, and Secure Boot is on", "a signed boot loader: shim");
  return pass(
      {{where,
        os::machine_name(image->machine) +
            (image->has_signature ? ", signed" : ", not signed: it starts only where Secure Boot is off"),
        {}}});
}

Outcome uefi_boot_file(Subject& subject) {
  if (const std::string why = not_about_firmware(subject, boot::Firmware::uefi); !why.empty())
    return not_applicable(why);
  const MachineFacts* const machine = subject.machine();
  return for_this_system(
      subject, boot::Firmware::uefi,
      judge_uefi_boot_file(*subject.content(), machine == nullptr ? std::nullopt : machine->secure_boot));
}

}  // namespace

Outcome judge_uefi_boot_file(const os::DiskContent& disk, std::optional<bool> secure_boot) {
  const BootWay way = boot_way(disk.table);
  // iPXE looks through every file system that the firmware can read, and that is FAT; the ESP comes first.
  std::vector<const os::DiskVolume*> places;
  for (const os::DiskVolume& volume : disk.volumes)
    if (way.esp != nullptr && volume.entry.number == way.esp->number && volume.logical.empty())
      places.insert(places.begin(), &volume);
    else if (is_fat(volume))
      places.push_back(&volume);
  if (places.empty())
    return fail(
        {{disk.table.device, "no EFI system partition", "a FAT file system with \\EFI\\BOOT\\BOOTX64.EFI"}},
        "The EFI system partition has to be on the LUN: clone the whole disk that holds it; or, where the "
        "system was installed for a BIOS, boot by BIOS (--firmware bios).");
  for (const os::DiskVolume* place : places) {
    if (!place->files) continue;
    for (const DefaultFile& file : kDefaults)
      if (place->files->info(std::string("/EFI/BOOT/") + file.name))
        return judge_program(*place, file, secure_boot);
  }
  const os::DiskVolume& first = *places.front();
  if (!first.files)
    return fail(
        {{esp_name(first), first.why_none.empty() ? "cannot be read" : first.why_none, "a FAT file system"}},
        "The EFI system partition is damaged: make it again on the source machine, and clone again.");
  return missing(first);
}

constexpr Check kIpxe05{
    .id = "IPXE-05",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "UEFI finds no boot loader on the disk",
    .good = "UEFI finds a boot loader on the disk",
    .about =
        "With UEFI: looks on the EFI system partition, then on every FAT file system, for "
        "\\EFI\\BOOT\\BOOTX64.EFI (or that of another processor), which iPXE and the firmware start without "
        "being told a name; that it is a whole UEFI program for its processor, that shim has its second "
        "stage "
        "beside it, and whether it is signed.",
    .evaluate = uefi_boot_file};

}  // namespace san::preflight
