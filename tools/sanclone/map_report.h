// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "copy/engine/delta.h"
#include "core/json.h"
#include "core/text/printable.h"

namespace san {

// Use of a clone map by a clone: its file, which is empty if there was none, and what was decided for the
// destinations, in their order.

/// Returns the value of "map"; null without a map.
Json map_json(const std::string& file, const std::vector<copy::DeltaDecision>& destinations);
/// Returns the lines about destination number `index`; empty without a map. `compared` is the number of bytes
/// read back.
Printable map_text(const std::string& file, const std::vector<copy::DeltaDecision>& destinations,
                   std::size_t index, std::uint64_t compared);

}  // namespace san
