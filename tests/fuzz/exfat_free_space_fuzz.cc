// SPDX-License-Identifier: Apache-2.0
#include "../unit/filesystem/fat_image.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::test;
  if (size == 0) return 0;
  ExfatImage image;
  apply_patches(image, input(data, size).subspan(1));
  if ((data[0] & 1) == 0) image.checksum();
  check_result(image);
  return 0;
}
