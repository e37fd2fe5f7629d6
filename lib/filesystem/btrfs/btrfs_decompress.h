// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace san {

/// Undoes the compression of an extent of btrfs: 1 zlib, 2 LZO, 3 zstd. Fills `into`, with zeros behind the
/// end of the data; what is behind the compressed data in `from` is ignored. `sector` is the file system's
/// sector size. Throws MetadataError where it is not such data.
void btrfs_decompress(std::uint8_t kind, std::span<const std::byte> from, std::span<std::byte> into,
                      std::size_t sector);

}  // namespace san
