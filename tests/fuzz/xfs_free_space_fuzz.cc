// SPDX-License-Identifier: Apache-2.0
#include "../unit/filesystem/xfs_image.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::test;
  if (size == 0) return 0;
  XfsImage image((data[0] & 1) != 0 ? 5 : 4, (data[0] & 2) != 0);
  apply_patches(image, input(data, size).subspan(1));
  if (image.version == 5) image.checksums();
  check_result(image);
  return 0;
}
