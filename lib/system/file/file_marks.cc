// SPDX-License-Identifier: Apache-2.0
#include "system/file/file_marks.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "system/file_io.h"

namespace san {
namespace {

std::vector<std::byte> bytes_at(const std::string& path, const Fd& file, std::uint64_t offset,
                                std::size_t count) {
  std::vector<std::byte> bytes(count);
  const Transfer got = read_fully(file.get(), offset, bytes);
  if (got.error != 0) throw io_error(path, "read", offset, count, got.error);
  bytes.resize(got.bytes);
  return bytes;
}

}  // namespace

std::optional<FileMarks> read_marks(const std::string& path) {
  struct stat status = {};
  if (path.ends_with(".raw") || stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    return std::nullopt;
  FileMarks marks;
  marks.file = open_path(path, O_RDONLY | O_NONBLOCK);
  if (!marks.file) throw system_error(path, "open it", errno);
  marks.size = static_cast<std::uint64_t>(status.st_size);
  marks.front = bytes_at(path, marks.file, 0, kImageFront);
  if (marks.size >= kTrailer) marks.tail = bytes_at(path, marks.file, marks.size - kTrailer, kTrailer);
  return marks;
}

bool holds(std::span<const std::byte> bytes, std::size_t offset, std::string_view text) {
  return offset + text.size() <= bytes.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset),
                    [](char a, std::byte b) { return std::byte{static_cast<unsigned char>(a)} == b; });
}

bool begins_with(std::span<const std::byte> bytes, std::string_view text) {
  return holds(bytes, 0, text);
}

}  // namespace san
