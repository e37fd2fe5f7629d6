// SPDX-License-Identifier: Apache-2.0
#include "filesystem/ntfs/lznt1.h"

#include <algorithm>

#include "core/endian.h"

namespace san::filesystem {
namespace {

constexpr std::size_t kChunk = 4096;  // bytes that a chunk stands for

/// [MS-XCA], 2.5.1.4: a reference is 16 bits, and the farther into the chunk, the more of them are distance.
bool copy_reference(std::uint16_t token, std::span<std::byte> chunk, std::size_t& at) {
  unsigned length_bits = 12;
  for (std::size_t most = at > 0 ? at - 1 : 0; most >= 0x10; most >>= 1) --length_bits;
  const std::size_t length = (token & ((1U << length_bits) - 1)) + 3;
  const std::size_t distance = (std::size_t{token} >> length_bits) + 1;
  if (distance > at || length > chunk.size() - at) return false;
  for (std::size_t i = 0; i < length; ++i, ++at) chunk[at] = chunk[at - distance];
  return true;
}

bool decompress_chunk(std::span<const std::byte> from, std::span<std::byte> chunk) {
  std::size_t in = 0, at = 0;
  while (in < from.size() && at < chunk.size()) {
    const auto flags = std::to_integer<unsigned>(from[in++]);
    for (unsigned bit = 0; bit < 8 && in < from.size() && at < chunk.size(); ++bit) {
      if ((flags >> bit & 1) == 0) {
        chunk[at++] = from[in++];
        continue;
      }
      const auto token = read_at<le16>(from, in);
      if (!token || !copy_reference(*token, chunk, at)) return false;
      in += 2;
    }
  }
  return true;
}

}  // namespace

bool lznt1_decompress(std::span<const std::byte> from, std::span<std::byte> into) {
  std::ranges::fill(into, std::byte{0});
  std::size_t in = 0;
  for (std::size_t at = 0; at < into.size(); at += kChunk) {
    const auto header = read_at<le16>(from, in);
    if (!header || *header == 0) return true;
    const std::size_t size = (*header & 0xfffU) + 1;
    in += 2;
    if (size > from.size() - in) return false;
    const auto data = from.subspan(in, size);
    const auto chunk = into.subspan(at, std::min(kChunk, into.size() - at));
    in += size;
    if ((*header & 0x8000) == 0)
      std::copy_n(data.begin(), std::min(data.size(), chunk.size()), chunk.begin());
    else if (!decompress_chunk(data, chunk))
      return false;
  }
  return true;
}

}  // namespace san::filesystem
