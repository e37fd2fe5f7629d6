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

/// Number of bytes read at the front of a file to recognise its format.
inline constexpr std::size_t kImageFront = 4096;
/// Number of bytes read at the end of a file to recognise its format.
inline constexpr std::size_t kTrailer = 512;

/// Both ends of a file.
struct FileMarks {
  Fd file;  ///< open for reading
  std::uint64_t size = 0;
  std::vector<std::byte> front;  ///< kImageFront bytes; fewer if the file is smaller
  std::vector<std::byte> tail;   ///< kTrailer bytes; empty if the file is smaller
};

/// Reads both ends of the regular file `path`. Returns nothing if it does not exist or is not a regular file,
/// or if it is named *.raw: that is raw, whatever a guest has written into its first sector. Throws
/// Error(failed) if it cannot be read.
std::optional<FileMarks> read_marks(const std::string& path);

/// Reads the number at `offset` of `bytes`, in the byte order of T; 0 if it would reach past the end.
template <typename T>
std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t offset) {
  return read_at<T>(bytes, offset).value_or(T());
}

/// True if `text` is at `offset` of `bytes`.
bool holds(std::span<const std::byte> bytes, std::size_t offset, std::string_view text);
/// True if `bytes` begin with `text`.
bool begins_with(std::span<const std::byte> bytes, std::string_view text);

}  // namespace san
