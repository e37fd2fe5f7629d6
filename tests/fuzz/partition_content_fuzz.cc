// SPDX-License-Identifier: Apache-2.0
// The input is the partition: signatures of all kinds, swap headers, and whatever an image in the corpus
// holds.
#include <cstdlib>

#include "partition/loose_volume.h"
#include "patched_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  san::test::Image image(size / 512 * 512 + 512);
  const auto bytes = san::test::input(data, size);
  std::ranges::copy(bytes, image.bytes().begin());
  san::test::check_result(image);
  // The same bytes as the primary volume descriptor of an ISO 9660 volume.
  if (const auto iso = san::partition::iso_volume(bytes); iso && (size < 132 || iso->label.size() > 32))
    std::abort();
  return 0;
}
