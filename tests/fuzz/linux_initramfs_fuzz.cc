// SPDX-License-Identifier: Apache-2.0
// The input is an initramfs image, or a unified kernel image. Its own names are found in it again.
#include <cstdlib>

#include "os/linux/initramfs.h"
#include "os/linux/uki.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span input(reinterpret_cast<const std::byte*>(data), size);
  const auto image = san::os::read_initramfs(input);
  for (const auto& [name, content] : image.contents)
    if (!image.has(name) || image.content(name) != content) std::abort();
  if (const auto section = san::os::pe_section(input, ".initrd"); section && section->size() > size)
    std::abort();
  if (san::os::kernel_release(input).size() > 256) std::abort();
  return 0;
}
