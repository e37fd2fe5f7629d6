// SPDX-License-Identifier: Apache-2.0
#include "os/linux/uki.h"

#include <algorithm>
#include <cstdint>

#include "os/linux/text.h"

namespace san::os {
namespace {

/// Returns a little-endian number of `width` bytes; 0 if it would lie outside.
std::uint32_t number(std::span<const std::byte> bytes, std::size_t offset, unsigned width) {
  if (offset > bytes.size() || bytes.size() - offset < width) return 0;
  std::uint32_t value = 0;
  for (unsigned i = width; i-- > 0;) value = value << 8U | std::to_integer<std::uint32_t>(bytes[offset + i]);
  return value;
}

}  // namespace

std::optional<std::span<const std::byte>> pe_section(std::span<const std::byte> image,
                                                     std::string_view name) {
  const auto text = as_text(image);
  if (!text.starts_with("MZ")) return std::nullopt;
  const std::size_t header = number(image, 0x3c, 4);
  if (header > image.size() || !text.substr(header).starts_with(std::string_view("PE\0\0", 4)))
    return std::nullopt;
  const unsigned sections = number(image, header + 6, 2);
  std::size_t at = header + 24 + number(image, header + 20, 2);
  for (unsigned i = 0; i < sections && at + 40 <= image.size(); ++i, at += 40) {
    const auto field = text.substr(at, 8);
    if (field.substr(0, field.find('\0')) != name) continue;
    const std::size_t size = number(image, at + 8, 4), stored = number(image, at + 16, 4);
    const std::size_t first = number(image, at + 20, 4);
    if (first > image.size()) return std::nullopt;
    // The stored content is padded to the alignment of the file.
    return image.subspan(first, std::min({size == 0 ? stored : size, stored, image.size() - first}));
  }
  return std::nullopt;
}

std::string_view kernel_release(std::span<const std::byte> kernel) {
  const auto text = as_text(kernel);
  if (text.size() < 0x210 || text.substr(0x202, 4) != "HdrS") return {};
  const std::size_t at = number(kernel, 0x20e, 2) + std::size_t{0x200};
  if (at >= text.size()) return {};
  const auto version = text.substr(at, 256);
  return version.substr(0, version.find_first_of(std::string_view(" \0", 2)));
}

}  // namespace san::os
