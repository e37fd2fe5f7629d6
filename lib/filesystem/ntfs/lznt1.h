// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace san::filesystem {

/// Undoes LZNT1, the compression of NTFS ([MS-XCA], 2.5): fills `into`, with zeros behind the end of the
/// data. Returns false if `from` is not such data.
bool lznt1_decompress(std::span<const std::byte> from, std::span<std::byte> into);

}  // namespace san::filesystem
