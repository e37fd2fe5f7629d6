// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/range.h"

namespace san {

/// Part of a source that had been read when its map is made.
enum class ReadSoFar { some, all };

/// Makes a mapfile of GNU ddrescue (its manual, chapter "Mapfile structure") for a source of `size` bytes.
/// The `bad` ranges are bad sectors. The rest is finished if the source was read to its end, and not tried
/// otherwise, because data already read need not be on stable storage. ddrescuelog reads it, and ddrescue can
/// retry the bad sectors.
std::string bad_map(std::uint64_t size, const RangeSet& bad, ReadSoFar read);

}  // namespace san
