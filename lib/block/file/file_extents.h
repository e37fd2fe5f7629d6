// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"

namespace san {

/// The extents of [offset, offset + length) of the open regular file `fd` by SEEK_DATA and SEEK_HOLE
/// (lseek(2)). The file has `bytes` bytes; what lies behind them is zero. Bounds are multiples of `block`: a
/// block that is a hole only in part is data. At most `most` extents (3 or more), the last of which is then
/// unknown up to the end, as is everything where the file system cannot tell. Throws Error(failed) about
/// `name` where the file has become shorter than `bytes`, since what is gone would pass for a hole.
std::vector<Extent> file_extents(const std::string& name, int fd, std::uint64_t bytes, std::uint64_t offset,
                                 std::uint64_t length, std::uint32_t block, std::size_t most = 4096);

}  // namespace san
