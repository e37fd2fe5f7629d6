// SPDX-License-Identifier: Apache-2.0
#include "../unit/filesystem/ntfs_image.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace san::test;
  if (size == 0) return 0;
  NtfsImage image;
  if ((data[0] & 1) != 0) image.log(1, 1, 0, 2);
  if ((data[0] & 2) != 0) image.name_in_root(20, "hiberfil.sys");
  if ((data[0] & 4) != 0) {  // shadow copies
    image.put(0x1e00, "\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52");
    image.put32(0x1e00 + 20, 1);
    image.put64(0x1e00 + 48, 100 * 1024);
    image.put(100 * 1024, "\x6b\x87\x08\x38\x76\xc1\x48\x4e\xb7\xae\x04\x04\x6e\x6c\xc7\x52");
    image.put32(100 * 1024 + 20, 2);
  }
  apply_patches(image, input(data, size).subspan(1));
  check_result(image);
  return 0;
}
