// SPDX-License-Identifier: Apache-2.0
// The input is the partition: signatures of all kinds, swap headers, and whatever an image in the corpus
// holds.
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  san::test::Image image(size / 512 * 512 + 512);
  const auto bytes = san::test::input(data, size);
  std::ranges::copy(bytes, image.bytes().begin());
  san::test::check_result(image);
  return 0;
}
