// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/driver.h"

#include <fmt/core.h>

#include <array>
#include <cstring>

#include "filesystem/volume/text.h"

namespace san::filesystem {
namespace {

std::vector<std::byte> content_bytes(Volume& volume, std::uint64_t offset, std::size_t size) {
  std::vector<std::byte> bytes(size);
  volume.read(offset, bytes, "content");
  return bytes;
}

}  // namespace

bool has_magic(Volume& volume, std::uint64_t offset, std::string_view magic) {
  if (!volume.contains(offset, magic.size())) return false;
  std::array<std::byte, 32> bytes{};
  const std::span<std::byte> into = std::span(bytes).first(magic.size());
  volume.read(offset, into, "content");
  return std::memcmp(into.data(), magic.data(), magic.size()) == 0;
}

std::optional<Identity> match_signatures(Volume& volume, const FileSystemDriver& driver) {
  for (const Signature& one : driver.signatures) {
    if (one.magic.empty() || !has_magic(volume, one.offset, one.magic)) continue;
    Identity identity{driver.type, {}, {}};
    if (one.uuid != 0 && volume.contains(one.uuid, 16))
      identity.uuid = format_uuid(content_bytes(volume, one.uuid, 16));
    if (one.label != 0 && volume.contains(one.label, one.label_size))
      identity.label = fixed_text(content_bytes(volume, one.label, one.label_size));
    return identity;
  }
  return std::nullopt;
}

BlockSizeFit fits_same_sector(const std::string& type, std::uint64_t sector, std::uint64_t block) {
  if (sector == block) return {BlockSizeFit::Answer::works, {}};
  return {BlockSizeFit::Answer::fails, fmt::format("it is {} made for sectors of {} bytes", type, sector)};
}

BlockSizeFit fits_at_least(const std::string& type, const char* what, std::uint64_t size,
                           std::uint64_t block) {
  if (size >= block) return {BlockSizeFit::Answer::works, {}};
  return {BlockSizeFit::Answer::fails, fmt::format("it is {} with {} of {} bytes", type, what, size)};
}

std::optional<StatedSize> exact_size(const char* type, std::optional<std::uint64_t> size) {
  return size ? std::optional(StatedSize{type, *size, *size}) : std::nullopt;
}

}  // namespace san::filesystem
