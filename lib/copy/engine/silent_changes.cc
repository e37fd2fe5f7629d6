// SPDX-License-Identifier: Apache-2.0
#include "copy/engine/silent_changes.h"

#include <algorithm>

namespace san::copy {
SilentChanges::SilentChanges(const DeltaDecision& decision, bool before)
    : before_(before), by_evidence_(decision.by_evidence) {
  for (const DeltaPart& part : decision.parts) {
    if (part.evidence.empty()) continue;
    Part& one = parts_.emplace_back();
    one.range = part.range;
    for (const Range& range : part.evidence) one.evidence.add(range);
  }
}

void SilentChanges::changed(std::uint64_t offset, std::uint64_t length) {
  const Range block{offset, length};
  for (Part& part : parts_) {
    if (!part.range.overlaps(block)) continue;
    part.changed = true;
    if (part.evidence.overlaps(block)) part.shows = true;
  }
}

bool SilentChanges::possible() const {
  if (!by_evidence_) return true;
  return std::any_of(parts_.begin(), parts_.end(),
                     [this](const Part& part) { return (part.changed || before_) && !part.shows; });
}

}  // namespace san::copy
