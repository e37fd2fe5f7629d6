// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/endian.h"
#include "system/fd.h"

namespace san {

/// Bytes at the front of a file that tell what it is …
inline constexpr std::size_t kImageFront = 4096;
/// … and at its end.
inline constexpr std::size_t kTrailer = 512;

/// Both ends of a file.
struct FileMarks {
  Fd file;  ///< open for reading
  std::uint64_t size = 0;
  std::vector<std::byte> front;  ///< kImageFront bytes, fewer of a smaller file
  std::vector<std::byte> tail;   ///< kTrailer bytes; none of a smaller file
};

/// Of the file at `path`: nothing for one that is not there or is no regular file, and for one named *.raw,
/// which is raw whatever a guest has written into its first sector. Throws Error(failed) where it cannot be
/// read.
std::optional<FileMarks> read_marks(const std::string& path);

/// The number at `offset` of `bytes`, in the byte order of T; 0 where it would reach past their end.
template <typename T>
std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t offset) {
  return read_at<T>(bytes, offset).value_or(T());
}

/// Tells whether `text` stands at `offset` of `bytes`.
bool holds(std::span<const std::byte> bytes, std::size_t offset, std::string_view text);
/// Tells whether it stands at their front.
bool begins_with(std::span<const std::byte> bytes, std::string_view text);

}  // namespace san
