// SPDX-License-Identifier: Apache-2.0
#include "flash/rom/rom_programs.h"

#include "block/device_checks.h"
#include "flash/test_roms.h"

using namespace san::flash;

namespace {

NicInterface nic_of(std::uint16_t vendor, std::uint16_t device, const std::string& driver) {
  NicInterface nic;
  nic.name = "eth0";
  nic.driver = driver;
  nic.slot = "0000:03:00.1";
  nic.vendor = vendor;
  nic.device = device;
  return nic;
}

}  // namespace

TEST_CASE("which program writes the ROM") {
  CHECK(rom_program(nic_of(0x8086, 0x10D3, "e1000e"), "x.rom")
            .starts_with("flashrom -p nicintel_spi:pci=03:00.1,"));
  CHECK(contains(rom_program(nic_of(0x8086, 0x1521, "igb"), "x.rom"), "bootutil"));
  CHECK(contains(rom_program(nic_of(0x8086, 0x1572, "i40e"), "x.rom"), "nvmupdate64e"));
  CHECK(contains(rom_program(nic_of(0x8086, 0x1593, "ice"), "x.rom"),
                 "devlink dev flash pci/0000:03:00.1 file"));
  CHECK(rom_program(nic_of(0x15B3, 0x1017, "mlx5_core"), "x.rom") == "mstflint -d 0000:03:00.1 brom x.rom");
  CHECK(contains(rom_program(nic_of(0x14E4, 0x165F, "tg3"), "x.rom"), "b57udiag -c N -pxe x.rom"));
  CHECK(contains(rom_program(nic_of(0x10EC, 0x8139, "8139cp"), "x.rom"), "nicrealtek"));
  CHECK(contains(rom_program(nic_of(0x1AF4, 0x1041, "virtio_net"), "x.rom"), "romfile=x.rom"));
  CHECK(contains(rom_program(nic_of(0x1234, 0x1041, ""), "x.rom"), "none is known"));
  NicInterface usb = nic_of(0, 0, "r8152");
  usb.vendor.reset();
  CHECK(contains(rom_program(usb, "x.rom"), "not a PCI device"));
}

TEST_CASE("a ROM is for the NICs that its images and their lists name") {
  const auto file =
      rom_file(ipxe_rom().not_last().zero_sum(6).build() + RomBuilder(3, 2).efi().word(0x22, 0x1533).build());
  CHECK(rom_is_for(file, nic_of(0x8086, 0x100E, "")));
  CHECK(rom_is_for(file, nic_of(0x8086, 0x100F, "")));
  CHECK(rom_is_for(file, nic_of(0x8086, 0x1533, "")));
  CHECK(!rom_is_for(file, nic_of(0x8086, 0x1534, "")));
  CHECK(!rom_is_for(file, nic_of(0x10EC, 0x100E, "")));
}
