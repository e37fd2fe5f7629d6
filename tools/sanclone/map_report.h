// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "copy/engine/delta.h"
#include "core/json.h"
#include "core/text/printable.h"

namespace san {

/// Use of a clone map by a clone.
struct MapReport {
  std::string file;                               ///< empty if there was none
  std::vector<copy::DeltaDecision> destinations;  ///< in the order of the destinations
};

/// Returns the value of "map"; null without a map.
Json map_json(const MapReport& report);
/// Returns the lines about destination number `index`; empty without a map. `compared` is the number of bytes
/// read back.
Printable map_text(const MapReport& report, std::size_t index, std::uint64_t compared);

}  // namespace san
