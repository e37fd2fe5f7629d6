// SPDX-License-Identifier: Apache-2.0
// Whole images for fuzzing readers of free space: a small valid one with patches, since random bytes would
// not come past the first magic number. Input: a byte that chooses the image (by the target), then patches:
// offset (3 bytes), number of bytes less one (1 byte, low three bits), the bytes.
#pragma once

#include <cstdlib>
#include <span>

#include "../unit/filesystem/image.h"

namespace san::test {

using namespace san::filesystem;

inline void apply_patches(Image& image, std::span<const std::byte> patches) {
  while (patches.size() >= 5) {
    const std::size_t at =
        *read_at<Integer<std::uint32_t, 3, std::endian::little>>(patches, 0) % image.size();
    const std::size_t size = (std::to_integer<std::size_t>(patches[3]) & 7) + 1;
    patches = patches.subspan(4);
    for (std::size_t i = 0; i < size && !patches.empty(); ++i) {
      if (at + i < image.size()) image.bytes()[at + i] = patches[0];
      patches = patches.subspan(1);
    }
  }
}

/// What holds of every result, whatever was read.
inline void check_result(const Image& image) {
  const FreeSpace space = image.read();
  if (space.known != space.copy_whole_reason.empty()) std::abort();
  if (!space.known && !space.free.empty()) std::abort();
  std::uint64_t end = 0, sum = 0;
  for (const Range& range : space.free) {
    if (range.length == 0 || (range.offset <= end && end != 0) || range.end() > space.size) std::abort();
    end = range.end();
    sum += range.length;
  }
  if (sum != space.free_bytes || (space.known && space.size > image.size())) std::abort();
}

/// Input of a fuzz target.
inline std::span<const std::byte> input(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

}  // namespace san::test
