// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace san {

/// A mapfile of GNU ddrescue (its manual, chapter "Mapfile structure") for a source of `size` bytes that was
/// read to its end: `bad` ranges (offset and length, ascending, joined) are bad sectors, the rest is
/// finished. ddrescuelog reads it, and ddrescue goes on with the bad places.
std::string bad_map(std::uint64_t size, const std::vector<std::pair<std::uint64_t, std::uint64_t>>& bad);

}  // namespace san
