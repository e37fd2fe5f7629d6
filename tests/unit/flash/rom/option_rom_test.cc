// SPDX-License-Identifier: Apache-2.0
#include "flash/rom/option_rom.h"

#include <doctest/doctest.h>

#include "block/device_checks.h"
#include "core/error.h"
#include "flash/test_roms.h"

using namespace san::flash;

TEST_CASE("an x86 image with everything iPXE puts into one") {
  const auto bytes = ipxe_rom().zero_sum(6).build();
  const auto rom = parse_option_rom(bytes, 0);
  REQUIRE(rom.images.size() == 1);
  CHECK(rom.length == 2048);
  const RomImage& image = rom.images[0];
  CHECK(image.vendor == 0x8086);
  CHECK(image.device == 0x100E);
  CHECK(image.class_code == 0x020000);
  CHECK(image.devices == std::vector<std::uint16_t>{0x100E, 0x100F});
  CHECK(image.init_sum == std::uint8_t{0});
  CHECK(image.last());
  REQUIRE(image.pnp.size() == 1);
  CHECK(image.pnp[0].manufacturer == "maker");
  CHECK(image.pnp[0].product == "boot");
  CHECK(image.pnp[0].sum == 0);
  REQUIRE(image.undi);
  CHECK(image.undi->major == 2);
  REQUIRE(image.ipxe);
  CHECK(image.ipxe->build_id == 0x1234);
  CHECK(findings_of(bytes).empty());
}

TEST_CASE("an EFI image of revision 0 needs no sum and has no list of devices") {
  const auto bytes = RomBuilder(3, 3, 0).word(0x1C + 8, 0x7777).efi().build();
  const auto rom = parse_option_rom(bytes, 0);
  REQUIRE(rom.images.size() == 1);
  REQUIRE(rom.images[0].efi);
  CHECK(rom.images[0].efi->pe_found);
  CHECK(rom.images[0].efi->machine == 0x8664);
  CHECK(rom.images[0].device_list == 0);
  CHECK(findings_of(bytes).empty());
}

TEST_CASE("a chain ends at the last image, and what is behind it is not of it") {
  const auto x86 = ipxe_rom().not_last().zero_sum(6).build();
  const auto efi = RomBuilder(3, 2).efi(0x80, 1).build();
  const auto file = rom_file(x86 + efi + std::vector<std::byte>(100, std::byte{0xFF}));
  REQUIRE(file.roms.size() == 1);
  CHECK(file.roms[0].images.size() == 2);
  CHECK(file.roms[0].length == 3072);
  CHECK(file.trailing().size() == 100);
  CHECK(findings_of(file.bytes).empty());
  CHECK(findings_of(x86 + x86) == "E image 2: says that an image follows, but none does\n");
  CHECK(findings_of(efi + x86) ==
        "W image 1: says that it is the last, but at 0x400 another one begins, which nothing reaches\n");
}

TEST_CASE("every fault is named") {
  const auto good = ipxe_rom().zero_sum(6);
  SUBCASE("a byte of the code") {
    CHECK(
        findings_of(RomBuilder(good).byte(0x200, 0).build()).starts_with("E image 1: the checksum is wrong"));
  }
  SUBCASE("$PnP") {
    CHECK(findings_of(RomBuilder(good).byte(0x6A, 1).zero_sum(6).build()) ==
          "E image 1: the checksum of the $PnP structure at 0x60 is wrong: its bytes add up to 0x01\n");
    CHECK(findings_of(RomBuilder(good).byte(0x65, 0).zero_sum(6).build()) ==
          "E image 1: the $PnP structure at 0x60 has a wrong length, 0\n");
    CHECK(findings_of(RomBuilder(good).word(0x1A, 0x61).zero_sum(6).build()) ==
          "W image 1: word 0x1a points to 0x61, where no $PnP structure is\n");
  }
  SUBCASE("UNDI and iPXE") {
    CHECK(findings_of(RomBuilder(good).byte(0xA6, 1).zero_sum(6).build())
              .find("UNDI structure at 0xa0 is wrong") != std::string::npos);
    CHECK(findings_of(RomBuilder(good).byte(0xC4, 200).word(0x10, 0xC0).zero_sum(6).build())
              .find("the checksum of the iPXE structure") != std::string::npos);
    CHECK(findings_of(RomBuilder(good).word(0x16, 0xFFFF).zero_sum(6).build()) ==
          "W image 1: word 0x16 points to 0xffff, where no UNDI structure is\n");
  }
  SUBCASE("sizes") {
    CHECK(findings_of(RomBuilder(good).byte(2, 9).build()) ==
          "E image 1: byte 2 says that it has 4608 bytes, but its PCI data structure 2048\n");
    auto cut = good.build();
    cut.resize(2000);
    CHECK(findings_of(cut) ==
          "E image 1: has 2048 bytes by its PCI data structure, but the file ends after 2000\n");
    CHECK(findings_of(RomBuilder(good).word(0x1C + 0x10, 0).build())
              .starts_with("E image 1: its PCI data structure says that it has no bytes"));
    CHECK(findings_of(RomBuilder(good).word(0x1C + 0x0A, 0x18).zero_sum(6).build()) ==
          "E image 1: its PCI data structure has 24 bytes; revision 3 has 28\n");
  }
  SUBCASE("a list of devices without an end") {
    RomBuilder rom(0, 1);
    rom.word(0x1C + 8, 0x1E0 - 0x1C);
    for (std::size_t at = 0x1E0; at < 0x200; at += 2) rom.word(at, 0x100E);
    CHECK(findings_of(rom.zero_sum(6).build()) ==
          "E image 1: its list of devices has no end within the image\n");
  }
  SUBCASE("EFI") {
    CHECK(findings_of(RomBuilder(3, 2).efi().word(4, 0x1111).build()) ==
          "E image 1: its EFI signature is 0x1111, not 0xef1\n");
    CHECK(findings_of(RomBuilder(3, 2).efi().word(0x16, 0x0400).build()) ==
          "E image 1: the EFI driver is said to begin at 0x400, outside the image\n");
    CHECK(findings_of(RomBuilder(3, 2).efi().letters(0x80, "ZM").build()) ==
          "E image 1: the EFI driver is said to begin at 0x80, but no PE header is there\n");
    CHECK(findings_of(RomBuilder(3, 2).efi().word(0x0A, 0xAA64).build()) ==
          "E image 1: its EFI header is for AArch64, but the driver is for x86-64\n");
    CHECK(findings_of(RomBuilder(3, 2).efi().word(2, 3).build()) ==
          "E image 1: its EFI header says that it has 1536 bytes, but its PCI data structure 1024\n");
  }
  SUBCASE("ids") {
    CHECK(findings_of(RomBuilder(good).word(0x20, 0).word(0x22, 0).zero_sum(6).build()) ==
          "W image 1: names no PCI device\n");
    CHECK(findings_of(RomBuilder(good).not_last().zero_sum(6).build() +
                      RomBuilder(3, 2).efi().word(0x22, 0x1234).build()) ==
          "W image 2: is for PCI device 8086:1234, but image 1 is for 8086:100e\n");
  }
}

TEST_CASE("headers that point to each other do not hold it up") {
  const auto rom = parse_option_rom(ipxe_rom().word(0x66, 0x60).build(), 0);
  CHECK(rom.images[0].pnp.size() == 16);
}

TEST_CASE("files without a ROM are told apart") {
  CHECK(error_of([] { rom_file({}); }).value().code() == san::Exit::usage);
  CHECK(error_of([] { rom_file(std::vector<std::byte>(4096, std::byte{0x55})); }).value().code() ==
        san::Exit::usage);
  CHECK(error_of([] { rom_file(RomBuilder(0, 1).letters(0x1C, "PCIX").build()); }).value().code() ==
        san::Exit::usage);
  CHECK(error_of([] { rom_file(std::vector<std::byte>(4096), true); }).value().code() == san::Exit::usage);
}

TEST_CASE("ROMs in a container and in a dump are found at any byte") {
  const auto x86 = ipxe_rom().zero_sum(6).build();
  std::vector<std::byte> header(151, std::byte{0x55});
  const auto dump = header + x86 + std::vector<std::byte>(33, std::byte{0xAA}) + x86;
  CHECK(error_of([&] { rom_file(dump); }).value().code() == san::Exit::usage);
  const auto found = rom_file(dump, true);
  REQUIRE(found.roms.size() == 2);
  CHECK(found.roms[0].offset == 151);
  CHECK(found.roms[1].offset == 151 + 2048 + 33);
  CHECK(found.trailing().empty());

  for (std::size_t i = 0; i < 4; ++i) header[i] = static_cast<std::byte>("FLB3"[i]);
  const auto flb = rom_file(header + x86);
  CHECK(flb.source == RomSource::flb3);
  REQUIRE(flb.roms.size() == 1);
  CHECK(flb.image(flb.roms[0].images[0]).size() == x86.size());
  CHECK(error_of([&] { rom_file(header); }).value().code() == san::Exit::usage);
}
