// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "filesystem/fat/fat_layout.h"
#include "filesystem/fat_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

TEST_CASE("FAT: free clusters of all three widths") {
  for (const unsigned bits : {12U, 16U, 32U}) {
    const FatImage image(bits);
    const FreeSpace space = image.read();
    CHECK_MESSAGE(space.known, space.copy_whole_reason);
    CHECK(space.type == "fat" + std::to_string(bits));
    CHECK(space.size == image.size());
    CHECK(space.free ==
          std::vector<Range>{{image.cluster_offset(4), 1024},
                             {image.cluster_offset(7), image.size() - image.cluster_offset(7)}});
    CHECK(space.free_bytes == (image.clusters() - 3) * 512);
  }
}

TEST_CASE("FAT: clusters of more than a sector, and a rest that is not a whole one") {
  FatImage image(12);
  image.put8(13, 8);
  const std::uint64_t clusters = (128 - image.data_sector()) / 8;
  const FreeSpace space = image.read();
  CHECK(space.known);
  REQUIRE(space.free.size() == 2);
  CHECK(space.free[1].end() == image.data_sector() * 512 + clusters * 4096);
  CHECK(space.free[1].end() < image.size());
}

TEST_CASE("FAT: marks of an unclean unmount and of I/O errors") {
  FatImage clean16(16);
  clean16.entry(1, 0x7fff);
  CHECK(clean16.read().dirty);
  clean16.entry(1, 0xbfff);
  CHECK(clean16.read().dirty);
  FatImage clean32(32);
  clean32.entry(1, 0x07ffffff);
  CHECK(clean32.read().dirty);
  clean32.entry(1, 0x0bffffff);
  CHECK_FALSE(clean32.read().known);
  clean32.entry(1, 0x0fffffff);
  CHECK(clean32.read().known);
  clean32.put8(65, 1);
  CHECK(clean32.read().dirty);
  FatImage linux12(12);
  linux12.put8(37, 1);
  CHECK(linux12.read().dirty);
}

TEST_CASE("FAT: contradictions") {
  for (const unsigned bits : {12U, 16U, 32U}) {
    FatImage copies(bits);
    const std::size_t second = (copies.reserved() + copies.fat_sectors()) * 512;
    copies.put8(second + 30, 0x11);
    CHECK(copies.read().copy_whole_reason.find("copies differ") != std::string::npos);

    FatImage link(bits);
    link.entry(3, link.clusters() + 1);
    CHECK(link.read().known);
    link.entry(3, link.clusters() + 2);
    CHECK(link.read().copy_whole_reason.find("links to") != std::string::npos);
    link.entry(3, 1);
    CHECK_FALSE(link.read().known);
  }
  FatImage root(32);
  root.entry(2, 0);
  root.put32(512 + 488, root.clusters() - 2);
  CHECK(root.read().copy_whole_reason.find("root directory") != std::string::npos);
  FatImage count(32);
  count.put32(512 + 488, 5);
  CHECK(count.read().copy_whole_reason.find("FSInfo") != std::string::npos);
  count.put32(512 + 488, 0xffffffff);
  CHECK(count.read().known);
}

TEST_CASE("FAT32 without mirroring: the active table counts") {
  FatImage image(32);
  image.put16(40, 0x81);
  const std::size_t second = (image.reserved() + image.fat_sectors()) * 512;
  image.put32(second + 4 * 4, 0x0fffffff);
  image.put32(512 + 488, image.clusters() - 4);
  const FreeSpace space = image.read();
  CHECK_MESSAGE(space.known, space.copy_whole_reason);
  CHECK(space.free.front() == Range{image.cluster_offset(5), 512});
  image.put16(40, 0x82);
  CHECK_FALSE(image.read().known);
}

TEST_CASE("FAT: a boot sector that does not add up is none") {
  const auto layout = [](auto&& change) {
    FatImage image(16);
    change(image);
    return fat_layout(*read_at<FatBoot>(image.bytes(), 0)).has_value();
  };
  CHECK(layout([](Image&) {}));
  CHECK_FALSE(layout([](Image& i) { i.put16(11, 500); }));
  CHECK_FALSE(layout([](Image& i) { i.put16(11, 8192); }));
  CHECK_FALSE(layout([](Image& i) { i.put8(13, 0); }));
  CHECK_FALSE(layout([](Image& i) { i.put8(13, 3); }));
  CHECK_FALSE(layout([](Image& i) { i.put16(14, 0); }));
  CHECK_FALSE(layout([](Image& i) { i.put8(16, 0); }));
  CHECK_FALSE(layout([](Image& i) { i.put8(21, 0); }));
  CHECK_FALSE(layout([](Image& i) { i.put16(22, 1); }));   // too small for the clusters
  CHECK_FALSE(layout([](Image& i) { i.put16(19, 20); }));  // no room for data
  CHECK_FALSE(layout([](Image& i) { i.put8(510, 0); }));
  FatImage beyond(16);
  beyond.put16(19, 4401);
  CHECK(beyond.read().copy_whole_reason.find("more than the partition") != std::string::npos);
}
