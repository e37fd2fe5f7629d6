// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace san::os {

/// How `bytes` are compressed, by their first bytes: "gzip", "xz", "lzma", "bzip2", "lz4", "zstd", "lzop";
/// empty where that is none that the kernel knows (lib/decompress.c).
std::string packing_of(std::span<const std::byte> bytes);

/// Unpacks a compressed stream and hands out its content piece by piece, until `take` returns false. Returns
/// what was wrong; empty where nothing was. The legacy frames of lz4 are understood; lzop is not.
std::string unpack(std::span<const std::byte> bytes,
                   const std::function<bool(std::span<const std::byte>)>& take);

/// All of it, up to `limit` bytes; as it is where it is not compressed. Empty where it cannot be unpacked.
std::vector<std::byte> unpacked(std::span<const std::byte> bytes, std::size_t limit);

}  // namespace san::os
