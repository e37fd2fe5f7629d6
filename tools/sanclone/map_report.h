// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "copy/engine/delta.h"
#include "core/text/table.h"

namespace san {

/// What a clone map did for a clone.
struct MapReport {
  std::string file;                         ///< empty: there was none
  std::vector<DeltaDecision> destinations;  ///< in their order
};

/// The value of "map": null without one.
Json map_json(const MapReport& report);
/// Lines about destination number `index`; none without a map. `compared`: bytes read back.
Printable map_text(const MapReport& report, std::size_t index, std::uint64_t compared);

}  // namespace san
