// SPDX-License-Identifier: Apache-2.0
// Words: datasheets of the X550 (333369, 6.2.2) and the I210 (333016, 6.8), EEPROM guides of the 82571 and
// the 82575, software manual of the 8254x (5.6), ICH8 NVM guide. Device ids: e1000_hw.h and ixgbe_type.h of
// DPDK.
#include "flash/nvm/nvm_family.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/ascii.h"
#include "core/error.h"

namespace san::flash {
namespace {

using enum ProtocolSelect;

constexpr ChecksumRule kNoChecksum{.words = 0};
constexpr ChecksumRule kIfWord19{.valid_word = 0x19, .valid_bit = 0x0040};  // 82566 to 82579
constexpr ChecksumRule kIfWord3{.valid_word = 0x03, .valid_bit = 0x0001};   // I217, I218, I219
constexpr ChecksumRule kLan{.lan_sections = true};
constexpr ChecksumRule kLanIfWord3{.lan_sections = true, .lan_word = 0x03, .lan_bit = 0x8000};
constexpr ChecksumRule k82599{.words = 0x3F, .first_pointer = 0x03, .strict = true};
constexpr ChecksumRule kX540{.words = 0x3F, .first_pointer = 0x03};
constexpr ChecksumRule kX550{.words = 0x42, .first_pointer = 0x02, .fixed = true};

constexpr NvmFamily kFamilies[] = {
    {.name = "8254x",
     .devices = {0x1000, 0x1001, 0x1004, 0x1008, 0x1009, 0x100C, 0x100D, 0x100E, 0x100F,
                 0x1010, 0x1011, 0x1012, 0x1013, 0x1014, 0x1015, 0x1016, 0x1017, 0x1018,
                 0x1019, 0x101A, 0x101D, 0x101E, 0x1026, 0x1027, 0x1028, 0x1075, 0x1076,
                 0x1077, 0x1078, 0x1079, 0x107A, 0x107B, 0x107C, 0x108A, 0x1099, 0x10B5},
     .protocol = pxe_rpl},
    {.name = "82571",
     .devices = {0x105E, 0x105F, 0x1060, 0x10D9, 0x10DA, 0x10A4, 0x10D5, 0x10A5, 0x10BC},
     .ports = 2,
     .sure_ports = 2,
     .iscsi = 0x3D,
     .validity = 0x0A},
    {.name = "82572", .devices = {0x107D, 0x107E, 0x107F, 0x10B9}, .iscsi = 0x3D, .validity = 0x0A},
    {.name = "82573", .devices = {0x108B, 0x108C, 0x109A}, .iscsi = 0x3D},
    {.name = "82574", .devices = {0x10D3, 0x10F6, 0x150C}, .iscsi = 0x3D},
    {.name = "82575",
     .devices = {0x10A7, 0x10A9, 0x10D6},
     .ports = 2,
     .sure_ports = 2,
     .iscsi = 0x3D,
     .validity = 0x0A,
     .etrack = 0x42},
    {.name = "82576",
     .devices = {0x10C9, 0x10E6, 0x10E7, 0x10E8, 0x1526, 0x150A, 0x1518, 0x150D},
     .protocol = three_bit,
     .ports = 2,
     .sure_ports = 2,
     .iscsi = 0x3D,
     .validity = 0x12,
     .etrack = 0x42,
     .rom = RomPlace::control3_two,
     .rom_ports = 2},
    {.name = "82580",
     .devices = {0x150E, 0x150F, 0x1510, 0x1511, 0x1516, 0x1527},
     .checksum = kLanIfWord3,
     .protocol = three_bit,
     .ports = 4,
     .sure_ports = 2,
     .iscsi = 0x3D,
     .validity = 0x12,
     .etrack = 0x42,
     .rom = RomPlace::lan_sections,
     .rom_ports = 4},
    {.name = "I350",
     .devices = {0x1521, 0x1522, 0x1523, 0x1524, 0x1546},
     .checksum = kLan,
     .protocol = three_bit,
     .ports = 4,
     .sure_ports = 2,
     .iscsi = 0x3D,
     .validity = 0x12,
     .etrack = 0x42,
     .rom = RomPlace::lan_sections,
     .rom_ports = 4},
    {.name = "I210",
     .devices = {0x1533, 0x1534, 0x1535, 0x1536, 0x1537, 0x1538},
     .protocol = three_bit,
     .iscsi = 0x3D,
     .vlan = 0x3C,
     .validity = 0x12,
     .etrack = 0x42,
     .rom = RomPlace::control3,
     .rom_ports = 1,
     .documented_block = true},
    {.name = "I211",
     .devices = {0x1539, 0x157B, 0x157C, 0x15F6},
     .checksum = kNoChecksum,
     .protocol = three_bit,
     .ports = 0,
     .sure_ports = 0,
     .read_only = true},
    {.name = "ICH8",
     .devices = {0x1501, 0x1049, 0x104A, 0x104B, 0x104C, 0x10C4, 0x10C5, 0x104D, 0x10BF, 0x10F5,
                 0x10CB, 0x10BD, 0x10E5, 0x294C, 0x10C0, 0x10C3, 0x10C2, 0x10CC, 0x10CD, 0x10CE,
                 0x10DE, 0x10DF, 0x1525, 0x10EA, 0x10EB, 0x10EF, 0x10F0, 0x1502, 0x1503},
     .checksum = kIfWord19},
    {.name = "I217",
     .devices = {0x153A, 0x153B, 0x155A, 0x1559, 0x15A0, 0x15A1, 0x15A2, 0x15A3, 0x156F,
                 0x1570, 0x15B7, 0x15B8, 0x15B9, 0x15D7, 0x15D8, 0x15E3, 0x15D6, 0x15BD,
                 0x15BE, 0x15BB, 0x15BC, 0x15DF, 0x15E0, 0x15E1, 0x15E2},
     .checksum = kIfWord3},
    {.name = "82599",
     .devices = {0x10F7, 0x10F8, 0x10F9, 0x10FB, 0x10FC, 0x1507, 0x1514, 0x1517, 0x151C, 0x1529, 0x152A,
                 0x154A, 0x154D, 0x1557, 0x1558},
     .checksum = k82599,
     .protocol = three_bit,
     .ports = 2,
     .sure_ports = 2,
     .iscsi = 0x17,
     .pba = 0x15,
     .etrack = 0x2D,
     .ten_gigabit = true},
    {.name = "X540",
     .devices = {0x1528, 0x1560},
     .checksum = kX540,
     .protocol = three_bit,
     .ports = 2,
     .sure_ports = 2,
     .iscsi = 0x17,
     .pba = 0x15,
     .etrack = 0x2D,
     .ten_gigabit = true},
    {.name = "X550",
     .devices = {0x1563, 0x15D1},
     .checksum = kX550,
     .protocol = three_bit,
     .ports = 2,
     .sure_ports = 2,
     .iscsi = 0x17,
     .vlan = 0x20,
     .pba = 0x15,
     .etrack = 0x2D,
     .rom = RomPlace::pci_sections,
     .rom_ports = 2,
     .documented_block = true,
     .ten_gigabit = true},
};

}  // namespace

std::string family_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(kFamilies));
  for (const NvmFamily& family : kFamilies) names.push_back(family.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

const NvmFamily& find_family(std::string_view name) {
  for (const NvmFamily& family : kFamilies)
    if (same_without_case(family.name, name)) return family;
  throw Error(Exit::usage, fmt::format("{} {}", setting("family"), name),
              "is not a family of Intel NICs known here", "one of " + family_names());
}

const NvmFamily* family_of_device(std::uint16_t device) {
  if (device == 0) return nullptr;  // 0 pads the lists
  for (const NvmFamily& family : kFamilies)
    if (std::find(family.devices.begin(), family.devices.end(), device) != family.devices.end())
      return &family;
  return nullptr;
}

const NvmFamily* detect_family(const NvmImage& image) {
  const NvmFamily* const family = family_of_device(image.word(0x0D));
  if (family == nullptr || family->ten_gigabit) return nullptr;
  if (image.word(0x0E) == 0x8086) return family;
  // QEMU's 82574 has no vendor id in its NVM.
  if (image.word(0x0E) != 0 && image.word(0x0E) != 0xFFFF) return nullptr;
  unsigned sum = 0;
  for (std::size_t i = 0; i < 0x40; ++i) sum += image.word(i);
  return (sum & 0xFFFF) == 0xBABA ? family : nullptr;
}

const NvmFamily* suspect_family(const NvmImage& image) {
  for (std::size_t pointer = 0x06; pointer <= 0x08; ++pointer) {
    const std::size_t start = image.word(pointer);
    if (start == 0 || start == 0xFFFF) continue;
    for (std::size_t i = start; i < start + 8 && i < image.words(); ++i)
      if (const NvmFamily* family = family_of_device(image.word(i)); family != nullptr && family->ten_gigabit)
        return family;
  }
  return nullptr;
}

}  // namespace san::flash
