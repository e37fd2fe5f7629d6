// SPDX-License-Identifier: Apache-2.0
#include "../unit/filesystem/fat_image.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::test;
  if (size == 0) return 0;
  FatImage image(data[0] % 16 == 0 ? 16 : data[0] % 2 == 0 ? 12 : 32);  // FAT16's is large: seldom
  apply_patches(image, input(data, size).subspan(1));
  check_result(image);
  return 0;
}
