// SPDX-License-Identifier: Apache-2.0
#include "filesystem/iso9660/iso9660_driver.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace san::filesystem {
namespace {

using namespace std::string_view_literals;

std::optional<StatedSize> stated(Volume& volume) {
  // ECMA-119, 8.4: the primary volume descriptor is the first in sector 16. Sizes stand there in both orders.
  constexpr std::uint64_t kAt = 16 * 2048;
  if (!volume.contains(kAt, 2048) || volume.get<std::uint8_t>(kAt, "superblock") != 1) return std::nullopt;
  std::array<char, 5> id{};
  volume.read(kAt + 1, std::as_writable_bytes(std::span(id)), "superblock");
  const std::uint64_t block = volume.get<le16>(kAt + 128, "superblock");
  if (std::memcmp(id.data(), "CD001", id.size()) != 0 || !std::has_single_bit(block) || block < 512)
    return std::nullopt;
  const std::uint64_t whole = block * volume.get<le32>(kAt + 80, "superblock");
  // mkisofs -pad counts 150 sectors of zeros behind the last file, which other programs leave out.
  constexpr std::uint64_t kPadding = 150 * 2048;
  return StatedSize{"ISO 9660", whole - std::min(whole, kPadding), whole};
}

}  // namespace

constinit const FileSystemDriver kIso9660Driver = {
    .type = "iso9660",
    .signatures = {{0x8001, "CD001"sv, 0, 0x8028, 32}},
    .stated_size = stated,
};

}  // namespace san::filesystem
