// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/iscsi_block.h"

#include "flash/test_images.h"

using namespace san::flash;

namespace {

IscsiBlockLocation find(const NvmImage& image) {
  return find_block(image, find_family("I210"));
}

NvmImage with_block(unsigned ports) {
  NvmImage image = gigabit_image(0x1533);
  add_block(image, ports);
  return image;
}

NvmImage poked(std::size_t word, std::uint16_t value) {
  NvmImage image = with_block(2);
  image.set_word(word, value);
  return image;
}

}  // namespace

TEST_CASE("records lie where the datasheets say") {
  CHECK(offsetof(IscsiHeader, initiator) == 0x006);
  CHECK(offsetof(IscsiHeader, combo_high) == 0x106);
  CHECK(offsetof(IscsiHeader, rest) == 0x10A);
  CHECK(offsetof(IscsiRecord, gateway) == 0x00A);
  CHECK(offsetof(IscsiRecord, lun) == 0x00E);
  CHECK(offsetof(IscsiRecord, portal_port) == 0x014);
  CHECK(offsetof(IscsiRecord, target) == 0x016);
  CHECK(offsetof(IscsiRecord, secret) == 0x116);
  CHECK(offsetof(IscsiRecord, user) == 0x128);
  CHECK(offsetof(IscsiRecord, vlan) == 0x1A8);
  CHECK(offsetof(IscsiRecord, target_secret) == 0x1AA);
  CHECK(offsetof(IscsiRecord, rest) == 0x1BC);
}

TEST_CASE("a block of one to four ports is found") {
  for (unsigned ports = 1; ports <= 4; ++ports) {
    const IscsiBlockLocation place = find(with_block(ports));
    CHECK(place.state == BlockState::good);
    CHECK(place.ports == ports);
    CHECK(place.offset == 0x400);
    CHECK(place.record(ports) == 0x400 + 0x128 + (ports - 1) * 0x25C);
  }
}

TEST_CASE("an empty pointer means no block") {
  CHECK(find(poked(0x3D, 0)).state == BlockState::absent);
  CHECK(find(poked(0x3D, 0xFFFF)).state == BlockState::absent);
  CHECK(find_block(with_block(1), find_family("8254x")).state == BlockState::unknown);
}

TEST_CASE("pointers that lead astray are not followed") {
  // As QEMU's 82574 has it: word 0x0120 of an image of 64 words.
  NvmImage small = image_of(std::vector<std::uint16_t>(64, 0xFFFF));
  small.set_word(0x3D, 0x0120);
  CHECK(find(small).state == BlockState::dangling);
  CHECK(find(small).problem == "points to word 0x0120, but the image ends at 0x0040");
  CHECK(find(poked(0x3D, 0x003F)).state == BlockState::dangling);
  CHECK(find(poked(0x3D, 0x0FFF)).state == BlockState::dangling);
  CHECK(find(poked(0x3D, 0x0300)).state == BlockState::no_signature);
}

TEST_CASE("blocks of other layouts are told apart") {
  CHECK(find(poked(0x201, 834)).state == BlockState::old_layout);
  CHECK(find(poked(0x201, 0x100)).state == BlockState::old_layout);
  CHECK(find(poked(0x201, 835)).state == BlockState::wrong_size);
  CHECK(find(poked(0x201, 0x5E2)).state == BlockState::wrong_size);
  CHECK(find(poked(0x201, 0x128 + 5 * 0x25C)).state == BlockState::wrong_size);
  CHECK(find(poked(0x201, 0xFFFF)).state == BlockState::dangling);
  CHECK(find(poked(0x202, 2)).state == BlockState::wrong_version);
}

TEST_CASE("a block that the image cuts off is dangling") {
  NvmImage image = gigabit_image(0x1533);
  add_block(image, 1, 0x1000 - 0x384 / 2);
  CHECK(find(image).state == BlockState::good);
  image = NvmImage("a", {image.bytes().begin(), image.bytes().end() - 2});
  CHECK(find(image).state == BlockState::dangling);
}

TEST_CASE("the order of addresses is that of the masks of all ports") {
  NvmImage image = with_block(2);
  bool conflict = false;
  CHECK(block_order(image, find(image), conflict) == std::nullopt);
  put_mask(image, 1, {0, 255, 255, 255});
  CHECK(block_order(image, find(image), conflict) == IpOrder::reversed);
  CHECK(!conflict);
  put_mask(image, 0, {255, 255, 0, 0});
  CHECK(block_order(image, find(image), conflict) == std::nullopt);
  CHECK(conflict);
}

TEST_CASE("a text ends at its first zero byte, or not at all") {
  const std::array<char, 4> whole = {'a', 'b', 'c', 'd'}, short_one = {'a', '\0', 'x', 'y'};
  CHECK(field_text(whole) == std::nullopt);
  CHECK(field_text(short_one) == "a");
}
