// SPDX-License-Identifier: Apache-2.0
#include "block/file/file_extents.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "core/units.h"
#include "system/file_io.h"

namespace san {
namespace {

/// Calls lseek(2) with SEEK_DATA or SEEK_HOLE. Returns `end` if nothing of the kind follows, and nothing if
/// the file system cannot tell.
std::optional<std::uint64_t> seek(int fd, std::uint64_t from, int whence, std::uint64_t end) {
  const off_t found = lseek(fd, static_cast<off_t>(from), whence);
  if (found >= 0) return static_cast<std::uint64_t>(found);
  if (errno == ENXIO) return end;
  return std::nullopt;
}

}  // namespace

std::vector<Extent> file_extents(const std::string& name, int fd, std::uint64_t bytes, std::uint64_t offset,
                                 std::uint64_t length, std::uint32_t block, std::size_t most) {
  const std::uint64_t end = offset + length;
  std::vector<Extent> found;
  const auto add = [&](std::uint64_t to, Extent::Kind kind) {
    if (to <= offset) return;
    if (!found.empty() && found.back().kind == kind)
      found.back().length += to - offset;
    else
      found.push_back({offset, to - offset, kind});
    offset = to;
  };
  while (offset < end && found.size() + 2 < most) {
    if (offset >= bytes) {
      add(end, Extent::Kind::zero);
      break;
    }
    const auto data = seek(fd, offset, SEEK_DATA, end);
    if (!data) break;
    add(std::min(round_down(*data, block), end), Extent::Kind::zero);
    if (offset >= end) break;
    const auto hole = seek(fd, std::max(*data, offset), SEEK_HOLE, end);
    // A hole where data was reported a moment ago: the file is being changed, or its file system errs.
    if (!hole || *hole <= offset) break;
    add(std::min(round_up(*hole, block), end), Extent::Kind::data);
  }
  add(end, Extent::Kind::unknown);
  // After the seeks, so that a file cut between them does not slip through.
  struct stat status = {};
  if (fstat(fd, &status) == 0 && static_cast<std::uint64_t>(status.st_size) < bytes)
    throw became_shorter(name, static_cast<std::uint64_t>(status.st_size), bytes);
  return found;
}

}  // namespace san
