// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace san {

/// Undoes LZO1X (Linux, Documentation/staging/lzo.rst; bitstream version 0) and returns how many bytes of
/// `into` that made. Nothing where `from` is not such data, or makes more.
std::optional<std::size_t> lzo1x_decompress(std::span<const std::byte> from, std::span<std::byte> into);

}  // namespace san
