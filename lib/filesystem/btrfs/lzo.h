// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace san::filesystem {

/// Undoes LZO1X (Linux, Documentation/staging/lzo.rst; bitstream version 0) and returns the number of bytes
/// written to `into`. Returns nothing if `from` is not such data, or makes more than `into` holds.
std::optional<std::size_t> lzo1x_decompress(std::span<const std::byte> from, std::span<std::byte> into);

}  // namespace san::filesystem
