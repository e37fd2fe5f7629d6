// SPDX-License-Identifier: Apache-2.0
// The input is a file with an NVM image, raw or as a table of ethtool. What is read is written back as the
// same.
#include <algorithm>
#include <cstdlib>

#include "core/error.h"
#include "flash/nvm/nvm_image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span input(reinterpret_cast<const std::byte*>(data), size);
  try {
    san::flash::NvmImage image = san::flash::NvmImage::parse("fuzz", input);
    const auto file = image.file();
    if (!std::equal(file.begin(), file.end(), input.begin(), input.end())) std::abort();
    const std::size_t last = image.words() - 1;
    const auto changed = static_cast<std::uint16_t>(~image.word(last));
    image.set_word(last, changed);
    if (san::flash::NvmImage::parse("fuzz", image.file()).word(last) != changed) std::abort();
  } catch (const san::Error&) {
  }
  return 0;
}
