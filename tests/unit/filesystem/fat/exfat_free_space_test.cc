// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "filesystem/fat_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

TEST_CASE("exFAT: free clusters, through a root directory in two pieces") {
  const ExfatImage image;
  const FreeSpace space = image.read();
  CHECK_MESSAGE(space.known, space.copy_whole_reason);
  CHECK(space.type == "exfat");
  CHECK(space.label == "H\xc3\xa9");
  CHECK(space.free == std::vector<Range>{{ExfatImage::cluster_offset(5), 4 * 1024},
                                         {ExfatImage::cluster_offset(11), 31 * 1024}});
}

TEST_CASE("exFAT: flags") {
  for (const std::uint8_t flags : {std::uint8_t{2}, std::uint8_t{4}}) {
    ExfatImage image;
    image.put16(106, flags);  // not part of the checksum
    CHECK_FALSE(image.read().known);
    CHECK(image.read().dirty);
  }
  ExfatImage two;
  two.put8(110, 2);
  two.checksum();
  CHECK(two.read().copy_whole_reason.find("TexFAT") != std::string::npos);
}

TEST_CASE("exFAT: contradictions") {
  const auto why = [](auto&& change) {
    ExfatImage image;
    change(image);
    image.checksum();
    const FreeSpace space = image.read();
    CHECK_FALSE(space.known);
    return space.copy_whole_reason;
  };
  const auto has = [&](const std::string& text, auto&& change) {
    const std::string reason = why(change);
    CHECK_MESSAGE(reason.find(text) != std::string::npos, reason);
  };
  has("more than the partition", [](Image& i) { i.put64(72, 129); });
  has("more than the partition", [](Image& i) { i.put64(72, ~std::uint64_t{0}); });
  has("sector or cluster size", [](Image& i) { i.put8(108, 13); });
  has("sector or cluster size", [](Image& i) { i.put8(109, 17); });
  has("areas overlap", [](Image& i) { i.put32(92, 49); });
  has("areas overlap", [](Image& i) { i.put32(92, 200); });
  has("areas overlap", [](Image& i) { i.put32(84, 9); });
  has("root directory", [](Image& i) { i.put32(96, 1); });
  has("root directory", [](Image& i) { i.put32(96, 42); });
  has("count as free", [](Image& i) { i.set_bits(ExfatImage::cluster_offset(2), 2, 1, false); });
  has("count as free", [](Image& i) { i.set_bits(ExfatImage::cluster_offset(2), 0, 1, false); });
  has("count as free", [](Image& i) { i.set_bits(ExfatImage::cluster_offset(2), 7, 1, false); });
  has("no allocation bitmap", [](Image& i) { i.put8(ExfatImage::cluster_offset(9), 1); });
  has("size is 4", [](Image& i) { i.put64(ExfatImage::cluster_offset(9) + 24, 4); });
  has("too short", [](Image& i) { i.put64(ExfatImage::cluster_offset(9) + 24, 1025); });
  // A root directory that bites its own tail: its entries are seen again and again, but not for ever.
  has("second allocation bitmap", [](ExfatImage& i) {
    i.put8(ExfatImage::cluster_offset(9) + 64, 5);
    for (std::size_t at = 64; at < 1024; at += 32) i.put8(ExfatImage::cluster_offset(9) + at, 5);
    i.fat(9, 4);
  });
  ExfatImage sum;
  sum.put8(1000, 1);
  CHECK(sum.read().copy_whole_reason.find("checksum") != std::string::npos);
}
