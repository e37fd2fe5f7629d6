// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "preflight/check/check.h"
#include "preflight/facts/target_facts.h"

namespace san::preflight {

/// Returns the id of the failure that hides all later results: the first of TGT-07 (secrets), TGT-01, TGT-02,
/// TGT-03 and TGT-06 (reserved by another initiator) that fails as a whole. Empty if the LUN can be examined.
/// One fault yields one blocker: checks that need the LUN are then not applicable, "see TGT-01".
std::string target_trouble(const TargetFacts& facts);

/// Returns not_applicable("see TGT-01: the LUN cannot be examined").
Outcome see(const std::string& id);
/// Returns the outcome of a check that needs a target, if none was given.
Outcome no_target();
/// Returns the outcome of a check that needs the LUN, if it cannot be examined; nothing if it can. `facts`
/// may be null.
std::optional<Outcome> no_lun(const TargetFacts* facts);

/// Returns the outcome with that severity.
Outcome lowered(Outcome outcome, Severity severity);
/// Returns "10.0.2.2:3260", and the address that was asked instead, if there is one.
std::string shown_portal(const PathFacts& path);

}  // namespace san::preflight
