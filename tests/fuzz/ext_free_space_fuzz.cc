// SPDX-License-Identifier: Apache-2.0
#include "../unit/filesystem/ext_image.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::test;
  if (size == 0) return 0;
  ExtImage image;
  apply_patches(image, input(data, size).subspan(1));
  check_result(image);
  return 0;
}
