// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace san {

/// The part of a source that had been read when its map is made.
enum class ReadSoFar { some, all };

/// A mapfile of GNU ddrescue (its manual, chapter "Mapfile structure") for a source of `size` bytes: `bad`
/// ranges (offset and length, ascending, joined) are bad sectors; the rest is finished where the source was
/// read to its end, and not tried yet otherwise, because what was read need not be on stable storage.
/// ddrescuelog reads it, and ddrescue goes on with the bad places.
std::string bad_map(std::uint64_t size, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& bad,
                    ReadSoFar read);

}  // namespace san
