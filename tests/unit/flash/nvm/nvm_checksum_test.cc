// SPDX-License-Identifier: Apache-2.0
#include "flash/nvm/nvm_checksum.h"

#include "flash/test_images.h"

using namespace san::flash;

namespace {

bool all_good(const NvmImage& image, const char* family) {
  const auto sums = nvm_checksums(image, find_family(family));
  return std::all_of(sums.begin(), sums.end(), [](const NvmChecksum& sum) { return sum.good(); });
}

/// 0x400 words of 0xFFFF with a section of `words` words behind a length at 0x100 for `pointer`.
NvmImage ten_gigabit_image(std::size_t pointer) {
  NvmImage image = image_of(std::vector<std::uint16_t>(0x400, 0xFFFF));
  image.set_word(pointer, 0x100);
  image.set_word(0x100, 3);
  for (std::size_t i = 1; i <= 3; ++i) image.set_word(0x100 + i, static_cast<std::uint16_t>(i * 0x1111));
  return image;
}

/// The right checksum if the words of `parts` (first, count) are all that is covered.
std::uint16_t sum_of(const NvmImage& image, const std::vector<std::pair<std::size_t, std::size_t>>& parts) {
  unsigned sum = 0;
  for (const auto& [first, count] : parts)
    for (std::size_t i = first; i < first + count; ++i)
      if (i != 0x3F) sum += image.word(i);
  return static_cast<std::uint16_t>(0xBABA - sum);
}

std::uint16_t expected(const NvmImage& image, const char* family) {
  return nvm_checksums(image, find_family(family)).at(0).expected.value();
}

}  // namespace

TEST_CASE("64 words add up to 0xBABA") {
  // Words as QEMU's 82540EM has them.
  std::vector<std::uint16_t> words(64, 0xFFFF);
  const std::vector<std::uint16_t> head = {
      0x5452, 0x1200, 0x5634, 0x0000, 0xFFFF, 0x0000, 0x0000, 0x0000, 0x3000, 0x1000, 0x6403, 0x100E, 0x8086,
      0x100E, 0x8086, 0x3040, 0x0008, 0x2000, 0x7E14, 0x0048, 0x1000, 0x00D8, 0x0000, 0x2700, 0x6CC9, 0x3150,
      0x0722, 0x040B, 0x0984, 0x0000, 0xC000, 0x0706, 0x1008, 0x0000, 0x0F04, 0x7FFF, 0x4D01};
  std::copy(head.begin(), head.end(), words.begin());
  words[0x30] = 0x0100;
  words[0x31] = 0x4000;
  words[0x32] = 0x121C;
  words[0x3F] = 0x79AD;
  NvmImage image = image_of(words);
  CHECK(all_good(image, "8254x"));
  image.set_word(0x30, 0x0102);
  CHECK(!all_good(image, "8254x"));
  CHECK(expected(image, "8254x") == 0x79AB);
}

TEST_CASE("an I350 has four sections, an 82580 only if word 3 says so") {
  NvmImage image = gigabit_image(0x1521);
  CHECK(nvm_checksums(image, find_family("I350")).size() == 4);
  CHECK(all_good(image, "I350"));
  CHECK(nvm_checksums(image, find_family("82580")).size() == 4);
  image.set_word(0xBF, 0);
  CHECK(!all_good(image, "82580"));
  image.set_word(3, 0x0001);
  seal(image);
  CHECK(nvm_checksums(image, find_family("82580")).size() == 1);
  CHECK(all_good(image, "82580"));
  CHECK(!all_good(image, "I350"));
}

TEST_CASE("a section that the image does not have cannot be right") {
  const NvmImage image = image_of(std::vector<std::uint16_t>(64, 0));
  const auto sums = nvm_checksums(image, find_family("I350"));
  REQUIRE(sums.size() == 4);
  CHECK(sums[0].expected == 0xBABA);
  CHECK(!sums[3].expected);
  CHECK(!sums[3].good());
}

TEST_CASE("the valid bits of chipset NICs") {
  NvmImage image = gigabit_image(0x153A);
  CHECK(nvm_checksums(image, find_family("I217"))[0].checked);
  image.set_word(3, 0x8000);
  CHECK(!nvm_checksums(image, find_family("I217"))[0].checked);
  image.set_word(0x19, 0x0040);
  CHECK(nvm_checksums(image, find_family("ICH8"))[0].checked);
  image.set_word(0x19, 0xFFBF);
  CHECK(!nvm_checksums(image, find_family("ICH8"))[0].checked);
}

TEST_CASE("one-time programmable memory has no checksum") {
  CHECK(nvm_checksums(gigabit_image(0x1539), find_family("I211")).empty());
}

TEST_CASE("82599: words 0x00 to 0x3E and all sections") {
  CHECK(expected(ten_gigabit_image(0x03), "82599") ==
        sum_of(ten_gigabit_image(0x03), {{0, 0x3F}, {0x101, 3}}));
  CHECK(expected(ten_gigabit_image(0x04), "82599") ==
        sum_of(ten_gigabit_image(0x04), {{0, 0x3F}, {0x101, 3}}));
  CHECK(expected(ten_gigabit_image(0x0E), "82599") ==
        sum_of(ten_gigabit_image(0x0E), {{0, 0x3F}, {0x101, 3}}));
  CHECK(expected(ten_gigabit_image(0x0F), "82599") == sum_of(ten_gigabit_image(0x0F), {{0, 0x3F}}));
  CHECK(expected(ten_gigabit_image(0x02), "82599") == sum_of(ten_gigabit_image(0x02), {{0, 0x3F}}));
}

TEST_CASE("X540: without pointers 0x04 and 0x05, and without what leads out") {
  CHECK(expected(ten_gigabit_image(0x03), "X540") ==
        sum_of(ten_gigabit_image(0x03), {{0, 0x3F}, {0x101, 3}}));
  CHECK(expected(ten_gigabit_image(0x04), "X540") == sum_of(ten_gigabit_image(0x04), {{0, 0x3F}}));
  NvmImage image = ten_gigabit_image(0x06);
  image.set_word(0x100, 0x500);
  CHECK(expected(image, "X540") == sum_of(image, {{0, 0x3F}}));
  CHECK(!nvm_checksums(image, find_family("82599"))[0].expected);
  image.set_word(0x06, 0x400);
  CHECK(expected(image, "X540") == sum_of(image, {{0, 0x3F}}));
}

TEST_CASE("X550: words 0x00 to 0x41, pointer 0x02 too, and sections of fixed size") {
  CHECK(expected(ten_gigabit_image(0x02), "X550") ==
        sum_of(ten_gigabit_image(0x02), {{0, 0x42}, {0x101, 3}}));
  CHECK(expected(ten_gigabit_image(0x05), "X550") == sum_of(ten_gigabit_image(0x05), {{0, 0x42}}));
  CHECK(expected(ten_gigabit_image(0x06), "X550") ==
        sum_of(ten_gigabit_image(0x06), {{0, 0x42}, {0x100, 0x24}}));
  CHECK(expected(ten_gigabit_image(0x07), "X550") ==
        sum_of(ten_gigabit_image(0x07), {{0, 0x42}, {0x100, 8}}));
  CHECK(expected(ten_gigabit_image(0x08), "X550") ==
        sum_of(ten_gigabit_image(0x08), {{0, 0x42}, {0x100, 8}}));
  CHECK(expected(ten_gigabit_image(0x09), "X550") ==
        sum_of(ten_gigabit_image(0x09), {{0, 0x42}, {0x101, 3}}));
  NvmImage image = ten_gigabit_image(0x07);
  image.set_word(0x07, 0x3FC);
  CHECK(!nvm_checksums(image, find_family("X550"))[0].expected);
}

TEST_CASE("only what was right is made right, unless all is to be") {
  const NvmFamily& family = find_family("I350");
  NvmImage image = gigabit_image(0x1521);
  image.set_word(0xFF, 0x1234);
  const auto before = nvm_checksums(image, family);
  image.set_word(0x30, 0x0102);
  image.set_word(0xC0, 0x0001);
  CHECK(update_checksums(image, family, before, false) == std::vector<std::string>{"LAN 2"});
  CHECK(image.word(0xFF) == 0x1234);
  CHECK(nvm_checksums(image, family)[0].good());
  CHECK(update_checksums(image, family, before, true).empty());
  CHECK(all_good(image, "I350"));
}
