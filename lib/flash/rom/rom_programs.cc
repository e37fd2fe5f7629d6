// SPDX-License-Identifier: Apache-2.0
// flashrom: programmers/nicintel_spi.c (device ids), and its package description for the other programmers;
// mstflint: NVIDIA's manual, "Managing an Expansion ROM Image"; devlink: drivers that have flash_update() in
// their devlink_ops; b57udiag: users' reports.
#include "flash/rom/rom_programs.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace san::flash {
namespace {

constexpr std::uint16_t kIntel = 0x8086, kRealtek = 0x10EC, k3Com = 0x10B7, kMellanox = 0x15B3,
                        kVirtio = 0x1AF4;
constexpr std::array<std::uint16_t, 20> kIntelSpi = {0x105E, 0x1076, 0x107C, 0x10B9, 0x10D3, 0x10F7, 0x10F8,
                                                     0x10F9, 0x10FB, 0x10FC, 0x1517, 0x151C, 0x1529, 0x152A,
                                                     0x1557, 0x1533, 0x1536, 0x1537, 0x1538, 0x1539};
constexpr std::array<const char*, 4> kDevlink = {"bnxt_en", "ice", "nfp", "sfc"};

std::string flashrom(const char* programmer, const NicInterface& nic, const char* remark) {
  // flashrom takes the slot without the domain.
  const std::string slot = nic.slot.starts_with("0000:") ? nic.slot.substr(5) : nic.slot;
  return fmt::format(
      "flashrom -p {}:pci={}, which writes the whole chip: read it by -r first, and put the ROM in its place "
      "there{}",
      programmer, slot, remark);
}

std::string intel(const NicInterface& nic) {
  const std::uint16_t device = *nic.device;
  if (std::find(kIntelSpi.begin(), kIntelSpi.end(), device) != kIntelSpi.end())
    return flashrom("nicintel_spi", nic, "");
  if (device == 0x1229 || device == 0x1209) return flashrom("nicintel", nic, "");
  if (nic.driver == "i40e") return "Intel's nvmupdate64e, with a package of Intel's: it takes no bare ROM";
  return "Intel's bootutil, with an FLB file of Intel's: it takes no bare ROM";
}

}  // namespace

std::string rom_program(const NicInterface& nic, const std::string& rom) {
  if (std::find(kDevlink.begin(), kDevlink.end(), nic.driver) != kDevlink.end())
    return fmt::format(
        "devlink dev flash pci/{} file PACKAGE, with a package of the vendor's: it takes no bare ROM",
        nic.slot);
  if (nic.driver == "tg3") return fmt::format("Broadcom's b57udiag: b57udiag -c N -pxe {}", rom);
  if (!nic.vendor || !nic.device) return "none: the NIC is not a PCI device";
  switch (*nic.vendor) {
    case kIntel:
      return intel(nic);
    case kMellanox:
      return fmt::format("mstflint -d {} brom {}", nic.slot, rom);
    case kRealtek:
      return flashrom("nicrealtek", nic, ", if it knows this NIC");
    case k3Com:
      return flashrom("nic3com", nic, ", if it knows this NIC");
    case kVirtio:
      return fmt::format("the hypervisor: QEMU takes romfile={} with -device", rom);
    default:
      return "the vendor's own: none is known here";
  }
}

bool rom_is_for(const RomFile& file, const NicInterface& nic) {
  for (const OptionRom& rom : file.roms)
    for (const RomImage& image : rom.images)
      if (nic.vendor == image.vendor &&
          (nic.device == image.device ||
           std::any_of(image.devices.begin(), image.devices.end(),
                       [&nic](std::uint16_t device) { return nic.device == device; })))
        return true;
  return false;
}

}  // namespace san::flash
