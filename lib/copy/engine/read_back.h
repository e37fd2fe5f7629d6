// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/units.h"

namespace san {

/// How many blocks of a destination are read back at a time, beside what is written.
inline constexpr std::size_t kReadBacks = 8;
/// Bytes for which the extents of a destination are asked for at once.
inline constexpr std::uint64_t kReadBackWindow = GiB;

}  // namespace san
