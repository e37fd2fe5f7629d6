// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// Lists the extents of [offset, offset + length) of the open regular file `fd` by SEEK_DATA and SEEK_HOLE
/// (lseek(2)). The file has `bytes` bytes; anything after them is zero. Bounds are multiples of `block`: a
/// block that is a hole only in part is data. Returns at most `most` extents (3 or more); if there are more,
/// or the file system cannot report them, the last one is unknown up to the end. Throws Error(failed) about
/// `name` if the file has become shorter than `bytes`, since the missing part would look like a hole.
std::vector<Extent> file_extents(const std::string& name, int fd, std::uint64_t bytes, std::uint64_t offset,
                                 std::uint64_t length, std::uint32_t block, std::size_t most = 4096);

}  // namespace san
