// SPDX-License-Identifier: Apache-2.0
#include "../unit/filesystem/ntfs_image.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::test;
  if (size == 0) return 0;
  NtfsImage image;
  if ((data[0] & 1) != 0) image.log(1, 1, 0, 2);
  if ((data[0] & 2) != 0) image.name_in_root(20, "hiberfil.sys");
  apply_patches(image, input(data, size).subspan(1));
  check_result(image);
  return 0;
}
