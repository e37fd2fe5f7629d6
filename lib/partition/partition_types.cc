// SPDX-License-Identifier: Apache-2.0
#include "partition/partition_types.h"

#include <algorithm>
#include <array>

namespace san::partition {
namespace {

struct GptType {
  std::string_view id, name;
};

// UEFI 2.10 (table 5.7), the Discoverable Partitions Specification of the UAPI group (Linux), Microsoft's
// PARTITION_INFORMATION_GPT (Windows), Apple's Technical Note TN2166, and the manuals of GRUB, FreeBSD's
// gpart(8), Ceph and VMware.
constexpr std::array kGptTypes = {
    GptType{gpt_type::efi_system, "EFI System"},
    GptType{"024dee41-33e7-11d3-9d69-0008c781f39f", "MBR partition scheme"},
    GptType{gpt_type::bios_boot, "BIOS boot"},
    GptType{"9e1a2d38-c612-4316-aa26-8b49521e5a8b", "PowerPC PReP boot"},
    GptType{"0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux filesystem"},
    GptType{gpt_type::linux_swap, "Linux swap"},
    GptType{"e6d6d379-f507-44c2-a23c-238f2a3df928", "Linux LVM"},
    GptType{"a19d880f-05fc-4d3b-a006-743f0f84911e", "Linux RAID"},
    GptType{"ca7d7ccb-63ed-4c53-861c-1742536059cc", "Linux LUKS"},
    GptType{"bc13c2ff-59e6-4262-a352-b275fd6f7172", "Linux extended boot"},
    GptType{"8da63339-0007-60c0-c436-083ac8230908", "Linux reserved"},
    GptType{"44479540-f297-41b2-9af7-d131d5f0458a", "Linux root (x86)"},
    GptType{"4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "Linux root (x86-64)"},
    GptType{"69dad710-2ce4-4e3c-b16c-21a1d49abed3", "Linux root (ARM)"},
    GptType{"b921b045-1df0-41c3-af44-4c6f280d3fae", "Linux root (ARM64)"},
    GptType{"77055800-792c-4f94-b39a-98c91b762bb6", "Linux root (LoongArch64)"},
    GptType{"c31c45e6-3f39-412e-80fb-4809c4980599", "Linux root (POWER little-endian)"},
    GptType{"72ec70a6-cf74-40e6-bd49-4bda08e8f224", "Linux root (RISC-V 64)"},
    GptType{"5eead9a9-fe09-4a1e-a1d7-520d00531306", "Linux root (s390x)"},
    GptType{"2c7357ed-ebd2-46d9-aec1-23d437ec2bf5", "Linux root verity (x86-64)"},
    GptType{"41092b05-9fc8-4523-994f-2def0408b176", "Linux root verity signature (x86-64)"},
    GptType{"8484680c-9521-48c6-9c11-b0720656f69e", "Linux /usr (x86-64)"},
    GptType{"77ff5f63-e7b6-4633-acf4-1565b864c0e6", "Linux /usr verity (x86-64)"},
    GptType{"933ac7e1-2eb4-4f13-b844-0e14e2aef915", "Linux home"},
    GptType{"3b8f8425-20e0-4f3b-907f-1a25a76f98e8", "Linux server data"},
    GptType{"4d21b016-b534-45c2-a9fb-5c16e091fd2d", "Linux variable data"},
    GptType{"7ec6f557-3bc5-4aca-b293-16ef5df639d1", "Linux temporary data"},
    GptType{gpt_type::microsoft_basic_data, "Microsoft basic data"},
    GptType{gpt_type::microsoft_reserved, "Microsoft reserved"},
    GptType{gpt_type::microsoft_recovery, "Windows recovery"},
    GptType{"5808c8aa-7e8f-42e0-85d2-e1e90434cfb3", "Microsoft LDM metadata"},
    GptType{"af9b60a0-1431-4f62-bc68-3311714a69ad", "Microsoft LDM data"},
    GptType{"e75caf8f-f680-4cee-afa3-b001e56efc2d", "Microsoft Storage Spaces"},
    GptType{"48465300-0000-11aa-aa11-00306543ecac", "Apple HFS+"},
    GptType{"7c3457ef-0000-11aa-aa11-00306543ecac", "Apple APFS"},
    GptType{"55465300-0000-11aa-aa11-00306543ecac", "Apple UFS"},
    GptType{"426f6f74-0000-11aa-aa11-00306543ecac", "Apple boot"},
    GptType{"52414944-0000-11aa-aa11-00306543ecac", "Apple RAID"},
    GptType{"53746f72-6167-11aa-aa11-00306543ecac", "Apple Core Storage"},
    GptType{"6a898cc3-1dd2-11b2-99a6-080020736631", "Solaris /usr or ZFS"},
    GptType{"83bd6b9d-7f41-11dc-be0b-001560b84f0f", "FreeBSD boot"},
    GptType{"516e7cb5-6ecf-11d6-8ff8-00022d09712b", "FreeBSD swap"},
    GptType{"516e7cb6-6ecf-11d6-8ff8-00022d09712b", "FreeBSD UFS"},
    GptType{"516e7cba-6ecf-11d6-8ff8-00022d09712b", "FreeBSD ZFS"},
    GptType{"4fbd7e29-9d25-41b8-afd0-062c0ceff05d", "Ceph OSD"},
    GptType{"aa31e02a-400f-11db-9590-000c2911d1b8", "VMware VMFS"},
    GptType{"9d275380-40ad-11db-bf97-000c2911d1b8", "VMware diagnostic"},
};

struct MbrType {
  std::uint8_t id;
  std::string_view name;
};

// No standard defines these; fdisk, Windows and the systems of their time agree on them. 0xEE and 0xEF are
// UEFI 2.10, 5.2.2.
constexpr std::array kMbrTypes = {
    MbrType{0x01, "FAT12"},
    MbrType{0x04, "FAT16 below 32 MiB"},
    MbrType{0x05, "Extended"},
    MbrType{0x06, "FAT16"},
    MbrType{0x07, "NTFS, exFAT or HPFS"},
    MbrType{0x0B, "FAT32"},
    MbrType{0x0C, "FAT32 (LBA)"},
    MbrType{0x0E, "FAT16 (LBA)"},
    MbrType{0x0F, "Extended (LBA)"},
    MbrType{0x11, "FAT12, hidden"},
    MbrType{0x12, "Diagnostics"},
    MbrType{0x14, "FAT16 below 32 MiB, hidden"},
    MbrType{0x16, "FAT16, hidden"},
    MbrType{0x17, "NTFS or HPFS, hidden"},
    MbrType{0x1B, "FAT32, hidden"},
    MbrType{0x1C, "FAT32 (LBA), hidden"},
    MbrType{0x1E, "FAT16 (LBA), hidden"},
    MbrType{0x27, "Windows recovery"},
    MbrType{0x39, "Plan 9"},
    MbrType{0x41, "PowerPC PReP boot"},
    MbrType{0x42, "Windows dynamic disk"},
    MbrType{0x63, "Unix System V"},
    MbrType{0x81, "Minix"},
    MbrType{0x82, "Linux swap"},
    MbrType{0x83, "Linux"},
    MbrType{0x84, "Hibernation"},
    MbrType{0x85, "Linux extended"},
    MbrType{0x8E, "Linux LVM"},
    MbrType{0xA5, "FreeBSD"},
    MbrType{0xA6, "OpenBSD"},
    MbrType{0xA8, "Darwin UFS"},
    MbrType{0xA9, "NetBSD"},
    MbrType{0xAB, "Darwin boot"},
    MbrType{0xAF, "Apple HFS+"},
    MbrType{0xBE, "Solaris boot"},
    MbrType{0xBF, "Solaris"},
    MbrType{0xDA, "Data without a file system"},
    MbrType{0xDE, "Dell utility"},
    MbrType{0xEA, "Linux extended boot"},
    MbrType{0xEB, "BeOS"},
    MbrType{0xEE, "GPT protective"},
    MbrType{0xEF, "EFI System"},
    MbrType{0xFB, "VMware VMFS"},
    MbrType{0xFC, "VMware diagnostic"},
    MbrType{0xFD, "Linux RAID"},
};

}  // namespace

std::string_view gpt_type_name(const Guid& type) {
  const std::string id = type.text();
  const auto* found =
      std::find_if(kGptTypes.begin(), kGptTypes.end(), [&](const GptType& known) { return known.id == id; });
  return found != kGptTypes.end() ? found->name : std::string_view{};
}

std::string_view mbr_type_name(std::uint8_t type) {
  const auto* found = std::find_if(kMbrTypes.begin(), kMbrTypes.end(),
                                   [&](const MbrType& known) { return known.id == type; });
  return found != kMbrTypes.end() ? found->name : std::string_view{};
}

bool is_dynamic_disk(std::string_view type_id) {
  return type_id == "0x42" || type_id == "af9b60a0-1431-4f62-bc68-3311714a69ad";
}

}  // namespace san::partition
