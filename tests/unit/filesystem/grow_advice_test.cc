// SPDX-License-Identifier: Apache-2.0
#include "filesystem/grow_advice.h"

#include <doctest/doctest.h>

#include "filesystem/ext_image.h"
#include "filesystem/fat_image.h"
#include "filesystem/ntfs_image.h"
#include "filesystem/xfs_image.h"

using namespace san;
using namespace san::filesystem;
using namespace san::test;

namespace {

std::string advice(const Image& image) {
  MemoryDevice device("disk", image.size(), std::byte{0});
  std::ranges::copy(image.bytes(), device.bytes().begin());
  return grow_advice(device, 0, image.size(), 3);
}

}  // namespace

TEST_CASE("grow advice: each kind by its own program") {
  CHECK(advice(ExtImage()) == "let its ext2 grow by resize2fs /dev/sdX3");
  CHECK(advice(XfsImage(5)).find("xfs_growfs MOUNTPOINT") != std::string::npos);
  CHECK(advice(NtfsImage()).find("ntfsresize /dev/sdX3") != std::string::npos);
  CHECK(advice(FatImage(16)).find("by its own tools") != std::string::npos);
}
