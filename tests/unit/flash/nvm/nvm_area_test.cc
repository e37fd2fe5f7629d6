// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_area.h"

#include "flash/test_images.h"

using namespace san::flash;

namespace {

std::string problems(const NvmImage& image, const char* family = "I210") {
  std::string all;
  for (const san::Diagnostic& finding : check_areas(nvm_areas(image, find_family(family))))
    all += finding.where + ": " + finding.text + "\n";
  return all;
}

void put_vpd(NvmImage& image, std::size_t at, std::uint16_t length) {
  image.set_word(0x2F, static_cast<std::uint16_t>(at));
  image.set_word(at, static_cast<std::uint16_t>(0x82 | (length & 0xFF) << 8));
  image.set_word(at + 1, static_cast<std::uint16_t>(length >> 8));
  image.set_word(at + (3U + length) / 2, 0x7878);
}

}  // namespace

TEST_CASE("a sound image has no problems") {
  NvmImage image = gigabit_image(0x1533);
  add_block(image, 1);
  put_vpd(image, 0x80, 20);
  CHECK(problems(image).empty());
  const auto areas = nvm_areas(image, find_family("I210"));
  REQUIRE(areas.size() == 3);
  CHECK(areas[2].name == "VPD");
  CHECK(areas[2].words == 12);
}

TEST_CASE("what lies upon the iSCSI block is found") {
  NvmImage image = gigabit_image(0x1533);
  add_block(image, 1);
  image.set_word(0x37, 0x0230);
  CHECK(problems(image) == "word 0x37: alternate MAC addresses lies upon iSCSI block\n");
  CHECK(area_upon(nvm_areas(image, find_family("I210")), 0x200, 0x384 / 2, 0x3D) ==
        "alternate MAC addresses");
  image.set_word(0x37, 0x0200 + 0x384 / 2);
  CHECK(problems(image).empty());
  put_vpd(image, 0x1F8, 20);
  // The block's own words are the VPD's end here.
  CHECK(contains(problems(image), "VPD lies upon iSCSI block"));
}

TEST_CASE("a block upon a LAN section, and sections upon each other") {
  NvmImage image = gigabit_image(0x1521);
  add_block(image, 1, 0xF0);
  CHECK(contains(problems(image, "I350"), "iSCSI block lies upon words of LAN 2"));
  NvmImage ten = image_of(std::vector<std::uint16_t>(0x400, 0xFFFF));
  ten.set_word(0x09, 0x100);
  ten.set_word(0x0A, 0x102);
  ten.set_word(0x100, 4);
  ten.set_word(0x102, 4);
  CHECK(contains(problems(ten, "X540"), "section of pointer 0x0a lies upon section of pointer 0x09"));
}

TEST_CASE("dangling pointers are named") {
  NvmImage image = gigabit_image(0x1533);
  image.set_word(0x2F, 0x1000);
  image.set_word(0x37, 0x0010);
  image.set_word(0x3C, 0x0300);
  image.set_word(0x08, 0xFAFA);
  image.set_word(0x09, 0x0310);
  const std::string all = problems(image);
  CHECK(contains(all, "word 0x2f: VPD: points to word 0x1000, but the image ends at 0x1000"));
  CHECK(contains(all, "word 0x37: alternate MAC addresses: points to word 0x0010, among the base words"));
  CHECK(contains(
      all, "word 0x3c: PXE VLAN block: points to word 0x0300, where there is 0xffff and not the signature"));
  CHECK(contains(all, "word 0x09: board part number: points to word 0x0310, where there is no part number"));
  image.set_word(0x37, 0x0FFE);
  CHECK(contains(problems(image),
                 "alternate MAC addresses: takes words 0x0ffe to 0x1000, but the image ends at 0x1000"));
}

TEST_CASE("the part number in two words, or as a text") {
  NvmImage image = gigabit_image(0x1533);
  CHECK(board_number(image, find_family("I210")) == "300010-000");
  image.set_word(0x08, 0xFAFA);
  image.set_word(0x09, 0x0100);
  image.set_word(0x100, 6);
  const std::string text = "E12345-003";
  for (std::size_t i = 0; i < 5; ++i)
    image.set_word(0x101 + i, static_cast<std::uint16_t>(static_cast<unsigned char>(text[2 * i]) << 8 |
                                                         text[2 * i + 1]));
  CHECK(board_number(image, find_family("I210")) == text);
  image.set_word(0x09, 0x0FFF);
  CHECK(board_number(image, find_family("I210")).empty());
}

TEST_CASE("VLAN of the PXE boot agent") {
  NvmImage image = gigabit_image(0x1533);
  CHECK(!pxe_vlan(image, find_family("I210"), 1).present);
  image.set_word(0x3C, 0x0100);
  image.set_word(0x100, 0x4C56);
  image.set_word(0x101, 0x0601);
  image.set_word(0x102, 0x602A);
  const PxeVlan vlan = pxe_vlan(image, find_family("I210"), 1);
  CHECK(vlan.present);
  CHECK(vlan.priority == 3);
  CHECK(vlan.id == 42);
  CHECK(!pxe_vlan(image, find_family("I210"), 2).present);
  CHECK(!pxe_vlan(image, find_family("I350"), 1).present);
}
