// SPDX-License-Identifier: Apache-2.0
#include "filesystem/block_size.h"

#include <doctest/doctest.h>

#include "core/units.h"
#include "filesystem/ext_image.h"
#include "filesystem/fat_image.h"
#include "filesystem/ntfs_image.h"
#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;
using Answer = BlockSizeFit::Answer;

namespace {

BlockSizeFit fit(const Image& image, std::uint32_t block) {
  MemoryDevice device("disk", MiB + image.size() + MiB, std::byte{0x5A});
  std::ranges::copy(image.bytes(), device.bytes().begin() + MiB);
  return block_size_fit(device, MiB, image.size(), block);
}

/// A LUKS2 header with that JSON.
Image luks(std::string_view json, std::uint16_t version = 2) {
  Image image(64 * 1024);
  image.put(0, "LUKS\xba\xbe");
  image.put8(7, static_cast<std::uint8_t>(version));
  image.put8(8 + 6, 0x40);  // be64 16384
  image.put(4096, json);
  return image;
}

}  // namespace

TEST_CASE("block size: what records a sector size must not change") {
  const FatImage fat(16);
  CHECK(fit(fat, 512).answer == Answer::works);
  CHECK(fit(fat, 4096).answer == Answer::fails);
  CHECK(fit(fat, 4096).why == "it is FAT made for sectors of 512 bytes");
  const NtfsImage ntfs;
  CHECK(fit(ntfs, 512).answer == Answer::works);
  CHECK(fit(ntfs, 4096).answer == Answer::fails);
}

TEST_CASE("block size: blocks must not be smaller than the disk's") {
  const ExtImage ext;  // of 1 KiB
  CHECK(fit(ext, 512).answer == Answer::works);
  CHECK(fit(ext, 1024).answer == Answer::works);
  CHECK(fit(ext, 4096).answer == Answer::fails);
  CHECK(fit(ext, 4096).why == "it is ext2 with blocks of 1024 bytes");
  const XfsImage xfs(5);
  CHECK(fit(xfs, 512).answer == Answer::works);
  CHECK(fit(xfs, 4096).answer == Answer::fails);
}

TEST_CASE("block size: swap is read in pages") {
  Image swap(64 * 1024);
  swap.put(4086, "SWAPSPACE2");
  CHECK(fit(swap, 4096).answer == Answer::works);
  CHECK(fit(swap, 8192).answer == Answer::fails);
}

TEST_CASE("block size: what is inside of another layer is not known, but where LUKS2 says it") {
  CHECK(fit(luks(R"({"segments":{"0":{"type":"crypt","sector_size":4096}}})"), 4096).answer == Answer::works);
  for (const char* json : {R"({"segments":{"0":{"type":"crypt","sector_size":512}}})", R"({"segments":{}})",
                           R"({"segments":{"0":{"sector_size":4096},"1":{}}})", R"({"segments":7})", "[[[",
                           "", R"({"segments":{"0":{"sector_size":"4096"}}})"})
    CHECK(fit(luks(json), 4096).answer == Answer::unknown);
  CHECK(fit(luks(R"({"segments":{"0":{"sector_size":4096}}})", 1), 4096).answer == Answer::unknown);
  Image lvm(64 * 1024);
  lvm.put(512, "LABELONE");
  CHECK(fit(lvm, 4096).answer == Answer::unknown);
  CHECK(fit(Image(64 * 1024), 4096).answer == Answer::unknown);
  CHECK_FALSE(fit(Image(64 * 1024), 4096).why.empty());
}

TEST_CASE("block size: btrfs says its sectors") {
  Image btrfs(256 * 1024);
  btrfs.put(0x10040, "_BHRfS_M");
  btrfs.put32(0x10000 + 144, 4096);
  CHECK(fit(btrfs, 4096).answer == Answer::works);
  btrfs.put32(0x10000 + 144, 2048);
  CHECK(fit(btrfs, 4096).answer == Answer::fails);
}
