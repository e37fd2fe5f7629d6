// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/units.h"

namespace san::copy {

/// Blocks of a destination that are read back at a time, beside the writes: few, so that these keep most of
/// its queue.
inline constexpr std::size_t kReadBacks = 8;
/// Bytes for which the extents of a destination are queried at once.
inline constexpr std::uint64_t kReadBackWindow = GiB;

}  // namespace san::copy
