// SPDX-License-Identifier: Apache-2.0
// What file systems compress with: LZNT1, LZO, and the framing of btrfs around it.
#include <cstdlib>
#include <vector>

#include "filesystem/btrfs/btrfs_decompress.h"
#include "filesystem/btrfs/lzo.h"
#include "filesystem/ntfs/lznt1.h"
#include "filesystem/volume/volume.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  if (input.empty()) return 0;
  // On the heap and of the exact size, so that a byte beyond is seen.
  const std::vector<std::byte> from(input.begin() + 1, input.end());
  std::vector<std::byte> into(16384);  // four chunks, or sectors
  const unsigned kind = data[0] % 5U;
  if (kind == 0) {
    san::filesystem::lznt1_decompress(from, into);
  } else if (kind == 4) {
    const auto made = san::filesystem::lzo1x_decompress(from, into);
    if (made && *made > into.size()) std::abort();
  } else {
    try {
      san::filesystem::btrfs_decompress(static_cast<std::uint8_t>(kind), from, into, 4096);
    } catch (const san::filesystem::MetadataError&) {
    }
  }
  return 0;
}
