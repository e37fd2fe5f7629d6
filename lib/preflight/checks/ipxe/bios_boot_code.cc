// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "core/endian.h"
#include "preflight/checks/ipxe/boot_loaders.h"
#include "preflight/checks/ipxe/ipxe_checks.h"
#include "preflight/facts/boot_way.h"
#include "preflight/facts/subject.h"

namespace san::preflight {
namespace {

constexpr std::uint32_t kSector = 512;

using SectorBytes = std::array<std::byte, kSector>;

SectorBytes read_sector(ReadableDevice& device, std::uint64_t lba) {
  SectorBytes sector{};
  read_wait(device, lba * kSector, sector);
  return sector;
}

bool is_empty(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

/// Returns true for GRUB's boot.img: every version contains its message (grub-core/boot/i386/pc/boot.S).
bool is_grub(std::span<const std::byte> sector) {
  constexpr std::string_view kMessage{"GRUB \0Geom\0Hard Disk\0Read\0", 26};
  const auto wanted = std::as_bytes(std::span(kMessage));
  return std::search(sector.begin(), sector.end(), wanted.begin(), wanted.end()) != sector.end();
}

std::string where(const os::DiskContent& disk, std::uint64_t lba) {
  for (const partition::Partition& partition : disk.table.partitions)
    if (lba * kSector >= partition.offset && lba * kSector < partition.end())
      return fmt::format("sector {}, in partition {}", lba, partition.number);
  return fmt::format("sector {}", lba);
}

std::vector<ShellCommand> install_bios_grub() {
  return {
      {"# the whole disk that the root file system is on"},
      {"disk=$(lsblk -nslo PATH,TYPE \"$(findmnt -nvo SOURCE /)\" | awk '$2 == \"disk\" {print $1; exit}')"},
      {"\"$(command -v grub-install || command -v grub2-install)\" --target=i386-pc \"$disk\""}};
}

/// Judges the sector that boot.img loads: the first one of GRUB's core image, whose last 12 bytes locate the
/// rest (include/grub/i386/pc/boot.h: GRUB_BOOT_MACHINE_KERNEL_SECTOR, GRUB_BOOT_MACHINE_LIST_SIZE,
/// _KERNEL_SEG).
Outcome judge_grub(ReadableDevice& device, const os::DiskContent& disk, std::span<const std::byte> mbr) {
  const std::uint64_t lba = read_at<le64>(mbr, 0x5C).value_or(0);
  const Evidence leads{"MBR", fmt::format("GRUB, which goes on at {}", where(disk, lba)), {}};
  const std::string remedy = "Install GRUB for the BIOS again on the source machine, and clone again.";
  const auto bad = [&](std::string found, std::string wanted) {
    return fail({leads, {where(disk, lba), std::move(found), std::move(wanted)}}, remedy,
                install_bios_grub());
  };
  if (lba == 0 || lba >= device.size() / kSector) return bad("is not on this disk", "GRUB's core image");
  const SectorBytes core = read_sector(device, lba);
  if (is_empty(core)) return bad("holds zeros", "GRUB's core image");
  const auto next = read_at<le64>(core, kSector - 12);
  const auto count = read_at<le16>(core, kSector - 4);
  const auto segment = read_at<le16>(core, kSector - 2);
  if (!next || !count || !segment || *segment != 0x0820 || *count == 0 || *next >= device.size() / kSector)
    return bad("is not the start of GRUB's core image", "GRUB's core image");
  if (is_empty(read_sector(device, *next)))
    return fail({leads, {where(disk, *next), "holds zeros", "the rest of GRUB's core image"}}, remedy,
                install_bios_grub());
  return pass({leads});
}

/// The code that Windows and the DOS of old put there starts the boot sector of the active partition.
Outcome judge_active(ReadableDevice& device, const os::DiskContent& disk, const BootWay& way) {
  const std::string remedy =
      "Mark the partition with the boot loader active, and see that its boot sector is written: bootsect "
      "/nt60 and bootrec /fixboot of Windows Setup, or extlinux --install.";
  if (way.active == nullptr)
    return fail({{"MBR", "boot code that is not GRUB's, and no partition is active", "an active partition"}},
                remedy);
  const std::string name = fmt::format("partition {}", way.active->number);
  if (way.active->offset % kSector != 0 || way.active->offset >= device.size())
    return fail({{name, "is not on this disk", {}}}, "Repair the partition table.");
  const SectorBytes sector = read_sector(device, way.active->offset / kSector);
  const auto magic = read_at<le16>(sector, 510);
  if (disk.table.kind == partition::TableKind::mbr &&
      (!magic || *magic != partition::kMbrMagic || is_empty(std::span(sector).first(440))))
    return fail({{name + ", boot sector", "no boot code", "boot code that ends with 55 AA"}}, remedy);
  return pass({{"MBR", fmt::format("boot code; {} is active", name), {}}});
}

Outcome bios_boot_code(Subject& subject) {
  if (const std::string why = not_about_firmware(subject, boot::Firmware::bios); !why.empty())
    return not_applicable(why);
  return for_this_system(subject, boot::Firmware::bios,
                         judge_bios_boot_code(*subject.device(), *subject.content()));
}

}  // namespace

Outcome judge_bios_boot_code(ReadableDevice& device, const os::DiskContent& disk) {
  if (disk.logical_block != kSector)
    return fail({{disk.table.device, fmt::format("blocks of {} bytes", disk.logical_block), "512 bytes"}},
                "A BIOS knows blocks of 512 bytes only, and so does iPXE there: use a LUN of such blocks, or "
                "boot by UEFI.");
  const BootWay way = boot_way(disk.table);
  const SectorBytes mbr = read_sector(device, 0);
  const std::string remedy = "Install the boot loader for the BIOS on the source machine, and clone again.";
  if (is_empty(std::span(mbr).first(440)))
    return fail({{"MBR", "no boot code: 440 bytes of zeros", "a boot loader"}}, remedy, install_bios_grub());
  const auto magic = read_at<le16>(mbr, 510);
  // iPXE refuses such a sector (src/arch/x86/interface/pcbios/int13.c).
  if (!magic || *magic != partition::kMbrMagic)
    return fail({{"MBR", "does not end with 55 AA", "55 AA"}}, remedy, install_bios_grub());
  return is_grub(mbr) ? judge_grub(device, disk, mbr) : judge_active(device, disk, way);
}

constexpr Check kIpxe06{
    .id = "IPXE-06",
    .severity = Severity::blocker,
    .scope = Scope::disk,
    .title = "BIOS finds no boot loader on the disk",
    .good = "BIOS finds a boot loader on the disk",
    .about =
        "With a BIOS: blocks of 512 bytes, boot code in the MBR, and what it leads to: GRUB's core image (in "
        "the BIOS boot partition of a GPT), else the active partition and its boot sector.",
    .evaluate = bios_boot_code};

}  // namespace san::preflight
