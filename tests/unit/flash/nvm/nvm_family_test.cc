// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_family.h"

#include "flash/test_images.h"

using namespace san::flash;

TEST_CASE("families are found by name in either case, and by device id") {
  CHECK(find_family("i350").name == "I350");
  CHECK(find_family("82574").iscsi == 0x3D);
  CHECK(find_family("x550").iscsi == 0x17);
  const auto error = error_of([] { find_family("X710"); });
  REQUIRE(error);
  CHECK(error->code() == san::Exit::usage);
  CHECK(error->hint().find("82599, X540, X550") != std::string::npos);
  CHECK(family_of_device(0x10D3)->name == "82574");
  CHECK(family_of_device(0x1521)->name == "I350");
  CHECK(family_of_device(0x1563)->name == "X550");
  CHECK(family_of_device(0x1572) == nullptr);  // X710
}

TEST_CASE("an image tells its family by device and vendor id") {
  NvmImage image = gigabit_image(0x10C9);
  REQUIRE(detect_family(image) != nullptr);
  CHECK(detect_family(image)->name == "82576");
  image.set_word(0x0E, 0x10EC);
  CHECK(detect_family(image) == nullptr);
}

TEST_CASE("without a vendor id the checksum has to be right") {
  NvmImage image = gigabit_image(0x10D3);
  image.set_word(0x0E, 0);
  CHECK(detect_family(image) == nullptr);
  seal(image);
  REQUIRE(detect_family(image) != nullptr);
  CHECK(detect_family(image)->name == "82574");
}

TEST_CASE("a 10 GbE NIC is only suspected") {
  NvmImage image = image_of(std::vector<std::uint16_t>(0x400, 0xFFFF));
  CHECK(suspect_family(image) == nullptr);
  image.set_word(0x07, 0x100);
  image.set_word(0x102, 0x1563);
  CHECK(detect_family(image) == nullptr);
  REQUIRE(suspect_family(image) != nullptr);
  CHECK(suspect_family(image)->name == "X550");
  image.set_word(0x07, 0x3FF);  // leads to the last word
  CHECK(suspect_family(image) == nullptr);
  // A pointer that looks like a device id.
  image.set_word(0x0D, 0x10D3);
  image.set_word(0x0E, 0xFFFF);
  CHECK(detect_family(image) == nullptr);
}
