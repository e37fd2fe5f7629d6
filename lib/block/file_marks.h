// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "block/fd.h"

namespace san {

/// How much of the front of a file tells what it is.
inline constexpr std::size_t kImageFront = 4096;
/// The same of its end.
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

/// Whether `text` stands at `offset` of `bytes`.
bool holds(std::span<const std::byte> bytes, std::size_t offset, std::string_view text);
/// Whether it stands at their front.
bool begins_with(std::span<const std::byte> bytes, std::string_view text);

}  // namespace san
