// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace san::os {

/// Returns the compression of `bytes`, judged by their first bytes: "gzip", "xz", "lzma", "bzip2", "lz4",
/// "zstd", "lzop"; empty if it is none that the kernel knows (lib/decompress.c).
std::string packing_of(std::span<const std::byte> bytes);

/// Unpacks a compressed stream and passes its content on piece by piece, until `take` returns false. Returns
/// an error text, empty on success. The legacy frames of lz4 are supported; lzop is not.
std::string unpack(std::span<const std::byte> bytes,
                   const std::function<bool(std::span<const std::byte>)>& take);

/// Returns the unpacked content, up to `limit` bytes; a copy of `bytes` if they are not compressed. Empty if
/// they cannot be unpacked.
std::vector<std::byte> unpacked(std::span<const std::byte> bytes, std::size_t limit);

}  // namespace san::os
