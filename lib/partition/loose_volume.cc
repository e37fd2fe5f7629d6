// SPDX-License-Identifier: Apache-2.0
#include "partition/loose_volume.h"

#include <bit>
#include <limits>
#include <string_view>

#include "core/endian.h"

namespace san::partition {
namespace {

/// Beginning of a primary volume descriptor (ECMA-119, 8.4). Numbers are stored in both byte orders.
struct IsoDescriptor {
  std::uint8_t type = 0;  ///< 1: primary
  char identifier[5] = {};
  std::uint8_t version = 0;
  std::uint8_t unused1 = 0;
  char system[32] = {};
  char volume[32] = {};
  std::uint8_t unused2[8] = {};
  le32 blocks;
  be32 blocks_again;
  std::uint8_t unused3[32] = {};
  std::uint8_t set_size[4] = {};
  std::uint8_t sequence[4] = {};
  le16 block_size;
  be16 block_size_again;
};
static_assert(sizeof(IsoDescriptor) == 132);

/// Removes the spaces that pad an identifier.
std::string trimmed(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

}  // namespace

std::optional<LooseVolume> iso_volume(std::span<const std::byte> descriptor) {
  const auto d = read_at<IsoDescriptor>(descriptor, 0);
  if (!d || d->type != 1 || std::string_view(d->identifier, sizeof(d->identifier)) != "CD001")
    return std::nullopt;
  const std::uint32_t blocks = d->blocks;
  const std::uint16_t size = d->block_size;
  const bool sound = blocks == d->blocks_again && size == d->block_size_again && std::has_single_bit(size) &&
                     size >= 512 && size <= kIsoDescriptorSize;
  return LooseVolume{"iso9660", trimmed({d->volume, sizeof(d->volume)}),
                     sound ? std::uint64_t{blocks} * size : std::numeric_limits<std::uint64_t>::max()};
}

}  // namespace san::partition
