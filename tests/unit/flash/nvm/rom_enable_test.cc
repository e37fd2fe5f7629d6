// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/rom_enable.h"

#include "core/error.h"
#include "flash/nvm/nvm_flash.h"
#include "flash/test_images.h"

using namespace san::flash;

namespace {

std::string changes_of(const NvmFlash& flash) {
  std::string all;
  for (const FlashChange& change : flash.changes())
    all += change.where.substr(5) + " " + change.before + " " + change.after + ", ";
  return all;
}

NvmFlash flash_of(NvmImage image, const std::string& family, bool unverified) {
  NvmOptions options;
  options.family = family;
  options.unverified = unverified;
  return {"card", std::move(image), options, [](const NvmImage&, const NvmImage&) {}};
}

NvmImage x550_image() {
  NvmImage image = image_of(std::vector<std::uint16_t>(0x400, 0x0000));
  for (std::size_t word = 0; word < 0x42; ++word) image.set_word(word, 0xFFFF);
  image.set_word(0x07, 0x80);
  image.set_word(0x08, 0x90);
  image.set_word(0x82, 0x1234);
  image.set_word(0x92, 0x0008);
  return image;
}

NvmImage with_control3(NvmImage image) {
  for (const std::size_t word : {0x14, 0x24, 0xA4, 0xE4, 0x124}) image.set_word(word, 0x2080);
  for (const std::size_t start : {0x00, 0x80, 0xC0, 0x100}) seal(image, start);
  return image;
}

}  // namespace

TEST_CASE("X550: bit 3 of the section of the port") {
  auto image = x550_image();
  for (const auto& sum : nvm_checksums(image, find_family("X550")))
    image.set_word(0x3F, sum.expected.value());
  NvmFlash flash = flash_of(image, "X550", false);
  const auto notes = flash.enable_rom(false, 1);
  CHECK(changes_of(flash).find("0x0082 0x1234 0x123c") != std::string::npos);
  CHECK(notes.size() == 1);
  for (const auto& sum : nvm_checksums(flash.image(), find_family("X550"))) CHECK(sum.good());
  flash.enable_rom(true, {});
  CHECK(changes_of(flash).find("0x0092 0x0008 0x0000") != std::string::npos);
  CHECK(changes_of(flash).find("0x0082") == std::string::npos);
  CHECK(error_of([&] { flash.enable_rom(true, 3); }).value().code() == san::Exit::usage);

  image.set_word(0x07, 0xFFFF);
  image.set_word(0x08, 0x0500);
  NvmFlash none = flash_of(image, "X550", false);
  CHECK(error_of([&] { none.enable_rom(true, {}); }).value().code() == san::Exit::failed);
  CHECK(none.changes().empty());
}

TEST_CASE("GbE NICs: bit 7 of initialization control 3, if the user says so") {
  const NvmImage image = with_control3(gigabit_image(0x1521));
  NvmFlash careful = flash_of(image, "", false);
  CHECK(error_of([&] { careful.enable_rom(true, {}); }).value().code() == san::Exit::refused);
  CHECK(careful.changes().empty());

  NvmFlash i350 = flash_of(image, "", true);
  i350.enable_rom(true, 2);
  CHECK(contains(changes_of(i350), "0x00a4 0x2080 0x2000, 0x00bf"));
  CHECK(i350.changes().size() == 2);
  for (const auto& sum : nvm_checksums(i350.image(), *i350.family())) CHECK(sum.good());

  NvmFlash e82576 = flash_of(with_control3(gigabit_image(0x10C9)), "", true);
  e82576.enable_rom(true, {});
  CHECK(contains(changes_of(e82576), "0x0014 0x2080 0x2000, 0x0024 0x2080 0x2000, "));
  NvmFlash i210 = flash_of(with_control3(gigabit_image(0x1533)), "", true);
  i210.enable_rom(true, {});
  CHECK(contains(changes_of(i210), "0x0024 0x2080 0x2000, 0x003f"));
  CHECK(i210.changes().size() == 2);
}

TEST_CASE("families of which no document says anything") {
  for (const std::uint16_t device : std::vector<std::uint16_t>{0x10D3, 0x105E, 0x10A7, 0x100E}) {
    NvmFlash flash = flash_of(gigabit_image(device), "", true);
    CHECK(error_of([&] { flash.enable_rom(true, {}); }).value().code() == san::Exit::refused);
  }
  CHECK(find_family("82599").rom_ports == 0);
  CHECK(find_family("X540").rom_ports == 0);
}
