// SPDX-License-Identifier: Apache-2.0
#include "os/linux/uki.h"

#include <doctest/doctest.h>

#include "os/small_initramfs.h"

using namespace san::os;

namespace {

void put(std::string& image, std::size_t at, std::uint32_t value, unsigned width) {
  for (unsigned i = 0; i < width; ++i) image[at + i] = static_cast<char>(value >> (8 * i));
}

/// A PE image with two sections, its optional header empty.
std::string small_pe() {
  std::string image(1024, '\0');
  image.replace(0, 2, "MZ");
  put(image, 0x3c, 0x80, 4);
  image.replace(0x80, 4, std::string("PE\0\0", 4));
  put(image, 0x86, 2, 2);
  const auto section = [&](std::size_t at, const char* name, const std::string& content,
                           std::uint32_t offset) {
    image.replace(at, std::string(name).size(), name);
    put(image, at + 8, static_cast<std::uint32_t>(content.size()), 4);
    put(image, at + 16, 256, 4);
    put(image, at + 20, offset, 4);
    image.replace(offset, content.size(), content);
  };
  section(0x98, ".cmdline", "root=UUID=1", 512);
  section(0xc0, ".initrd", "070701", 768);
  return image;
}

std::string text(const std::optional<std::span<const std::byte>>& bytes) {
  return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()) : "none";
}

}  // namespace

TEST_CASE("sections of a unified kernel image") {
  auto image = small_pe();
  CHECK(text(pe_section(bytes_of(image), ".cmdline")) == "root=UUID=1");
  CHECK(text(pe_section(bytes_of(image), ".initrd")) == "070701");
  CHECK(text(pe_section(bytes_of(image), ".linux")) == "none");
  put(image, 0xc0 + 20, 5000, 4);
  CHECK(text(pe_section(bytes_of(image), ".initrd")) == "none");
  put(image, 0x3c, 0xffffffff, 4);
  CHECK(text(pe_section(bytes_of(image), ".cmdline")) == "none");
  CHECK(text(pe_section({}, ".initrd")) == "none");
}

TEST_CASE("release of a kernel") {
  std::string kernel(0x300, '\0');
  kernel.replace(0x202, 4, "HdrS");
  put(kernel, 0x20e, 0x50, 2);
  kernel.replace(0x250, 14, "6.1.0-50-amd64");
  kernel.replace(0x25e, 5, " (x@y");
  CHECK(kernel_release(bytes_of(kernel)) == "6.1.0-50-amd64");
  put(kernel, 0x20e, 0xffff, 2);
  CHECK(kernel_release(bytes_of(kernel)) == "");
  CHECK(kernel_release(bytes_of("x")) == "");
}
