// SPDX-License-Identifier: Apache-2.0
#include "flash/rom/option_rom_edit.h"

#include <filesystem>

#include "block/device_checks.h"
#include "core/error.h"
#include "flash/flash_file.h"
#include "flash/test_roms.h"

using namespace san::flash;

namespace {

/// x86 of iPXE, x86 of somebody else that ends in padding, EFI.
std::vector<std::byte> three_images() {
  RomBuilder other(0, 2);
  for (std::size_t at = 0x3E0; at < 0x400; ++at) other.byte(at, 0xFF);
  return ipxe_rom().not_last().zero_sum(6).build() + other.not_last().zero_sum(0x3FF).build() +
         RomBuilder(3, 2).efi().zero_sum(0x1C + 0x1C).build();
}

std::vector<RomFile> take_apart(const RomFile& file) {
  std::vector<RomFile> parts;
  for (const RomImage& image : file.roms[0].images)
    parts.push_back(rom_file(single_rom(file, image, {}).bytes));
  return parts;
}

std::vector<std::size_t> changed_places(std::span<const std::byte> a, std::span<const std::byte> b) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) places.push_back(i);
  return places;
}

}  // namespace

TEST_CASE("apart and together again is the same") {
  const auto file = rom_file(three_images());
  REQUIRE(findings_of(file.bytes).empty());
  const auto parts = take_apart(file);
  REQUIRE(parts.size() == 3);
  for (const RomFile& part : parts) CHECK(findings_of(part.bytes).empty());
  const RomEdit joined = join_roms(parts, {});
  CHECK(joined.bytes == file.bytes);
  CHECK(joined.notes.empty());

  std::vector<RomFile> raw;
  for (const RomImage& image : file.roms[0].images) {
    const auto bytes = file.image(image);
    raw.push_back(rom_file({bytes.begin(), bytes.end()}));
  }
  CHECK(join_roms(raw, {}).bytes == file.bytes);
  CHECK(findings_of(join_roms({parts[2], parts[1], parts[0]}, {}).bytes).empty());
}

TEST_CASE("the last image is the last, whatever was joined") {
  const auto chain = rom_file(three_images());
  const auto twice = rom_file(join_roms({chain, chain}, {}).bytes);
  REQUIRE(twice.roms[0].images.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) CHECK(twice.roms[0].images[i].last() == (i == 5));
  CHECK(findings_of(twice.bytes).empty());
}

TEST_CASE("another device: nothing but ids and checksums changes") {
  const auto file = rom_file(three_images());
  const RomEdit edit = set_rom_ids(file, 0x8086, 0x10D3, DeviceListRule::update, {});
  CHECK(findings_of(edit.bytes).empty());
  const std::size_t two = 2048, three = two + 1024;
  CHECK(changed_places(file.bytes, edit.bytes) == std::vector<std::size_t>{6, 0x22, RomBuilder::kList,
                                                                           two + 0x22, two + 0x3FF,
                                                                           three + 0x22, three + 0x38});
  CHECK(edit.notes == std::vector<std::string>{"card.rom, image at 0x0: 1 other device is left in its list"});
  const auto now = rom_file(edit.bytes);
  for (const RomImage& image : now.roms[0].images) CHECK(image.device == 0x10D3);
  CHECK(now.roms[0].images[0].devices == std::vector<std::uint16_t>{0x10D3, 0x100F});
  CHECK(now.roms[0].images[2].sum == 0);

  const auto back = set_rom_ids(now, 0x8086, 0x100E, DeviceListRule::update, {});
  CHECK(back.bytes == file.bytes);
}

TEST_CASE("the list of devices") {
  const auto file = rom_file(ipxe_rom().zero_sum(6).build());
  const auto list = [&](DeviceListRule rule) {
    const auto edit = set_rom_ids(file, 0x10EC, 0x8139, rule, {});
    CHECK(findings_of(edit.bytes).empty());
    return rom_file(edit.bytes).roms[0].images[0].devices;
  };
  CHECK(list(DeviceListRule::update) == std::vector<std::uint16_t>{0x8139, 0x100F});
  CHECK(list(DeviceListRule::only) == std::vector<std::uint16_t>{0x8139});
  CHECK(list(DeviceListRule::keep) == std::vector<std::uint16_t>{0x100E, 0x100F});
  CHECK(contains(set_rom_ids(file, 0x10EC, 0x8139, DeviceListRule::update, {}).notes.at(0),
                 "of the new vendor now"));
}

TEST_CASE("no byte of code is taken for a checksum") {
  const auto file = rom_file(RomBuilder(0, 2).zero_sum(0x3FF).build());
  const auto change = [&](std::optional<std::size_t> byte) {
    return set_rom_ids(file, 0x8086, 0x10D3, DeviceListRule::update, byte);
  };
  CHECK(error_of([&] { change({}); }).value().code() == san::Exit::refused);
  CHECK(error_of([&] { change(0x400); }).value().code() == san::Exit::usage);
  const auto edit = change(0x08);
  CHECK(findings_of(edit.bytes).empty());
  CHECK(changed_places(file.bytes, edit.bytes) == std::vector<std::size_t>{0x08, 0x22});
  // The same ids need no other checksum.
  CHECK(set_rom_ids(file, 0x8086, 0x100E, DeviceListRule::update, {}).bytes == file.bytes);
}

TEST_CASE("a checksum that was wrong is not hidden") {
  const auto file = rom_file(ipxe_rom().zero_sum(6).byte(0x300, 0).build());
  const auto before = file.roms[0].images[0].init_sum;
  REQUIRE(before != std::uint8_t{0});
  const auto edit = set_rom_ids(file, 0x8086, 0x10D3, DeviceListRule::only, {});
  CHECK(rom_file(edit.bytes).roms[0].images[0].init_sum == before);
  CHECK(contains(edit.notes.at(0), "its checksum was wrong and is left so"));
}

TEST_CASE("an EFI image without a byte for it loses its sum, and that is said") {
  const auto file = rom_file(RomBuilder(3, 2).efi(0x38).zero_sum(0x3F0).build());
  REQUIRE(file.roms[0].images[0].sum == 0);
  const auto edit = set_rom_ids(file, 0x8086, 0x10D3, DeviceListRule::update, {});
  CHECK(contains(edit.notes.at(0), "nothing asks for that of EFI"));
  CHECK(changed_places(file.bytes, edit.bytes) == std::vector<std::size_t>{0x22});
}

TEST_CASE("what cannot be joined or changed is refused") {
  const auto good = ipxe_rom().zero_sum(6).build();
  const auto joining = [](std::vector<std::byte> bytes, bool scan = false) {
    return error_of([&] { join_roms({rom_file(std::move(bytes), scan)}, {}); }).value().code();
  };
  CHECK(joining(good + std::vector<std::byte>(1)) == san::Exit::usage);
  CHECK(joining(good, true) == san::Exit::usage);
  auto cut = good;
  cut.resize(1999);
  CHECK(joining(cut) == san::Exit::usage);
  CHECK(joining(RomBuilder(0, 2).byte(2, 3).build()) == san::Exit::usage);
  CHECK(joining(RomBuilder(0, 2).word(0x2C, 0).build()) == san::Exit::usage);
  const auto large = RomBuilder(3, 0x7FFF).efi().build() + std::vector<std::byte>();
  CHECK(error_of([&] {
          join_roms({rom_file(large), rom_file(large)}, {});
        })
            .value()
            .code() == san::Exit::usage);
}
