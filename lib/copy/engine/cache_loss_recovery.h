// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "block/device.h"
#include "copy/engine/destination.h"
#include "core/range.h"

namespace san::copy {

/// Reads back ranges of a clone of `source` that `destination` acknowledged, and may have lost before they
/// were flushed, and writes those that differ again, to be flushed afterwards. Ranges behind the end of the
/// source are left out. Works in blocks of `block` bytes, which are those of the clone map if there is one.
/// Nothing else may be in flight. Calls `check` before each group of blocks, and throws what that throws and
/// what `source` reports; errors of the destination end it.
void write_what_was_lost(ReadableDevice& source, Destination& destination, const RangeSet& lost,
                         std::uint64_t block, const std::function<void()>& check);

}  // namespace san::copy
