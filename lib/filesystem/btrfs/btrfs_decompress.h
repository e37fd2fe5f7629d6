// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace san::filesystem {

/// Undoes the compression of an extent of btrfs; `kind` is 1 for zlib, 2 for LZO, 3 for zstd. Fills `into`,
/// with zeros behind the end of the data; bytes behind the compressed data in `from` are ignored. `sector` is
/// the sector size of the file system in bytes. Throws MetadataError if `from` is not such data.
void btrfs_decompress(std::uint8_t kind, std::span<const std::byte> from, std::span<std::byte> into,
                      std::size_t sector);

}  // namespace san::filesystem
