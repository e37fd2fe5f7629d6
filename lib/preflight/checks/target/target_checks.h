// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "preflight/check/check.h"
#include "preflight/facts/target_facts.h"

namespace san::preflight {

/// Returns the id of the failure that hides all later results: the first of TGT-07 (secrets), TGT-01, TGT-02,
/// TGT-03 and TGT-06 (reserved by another initiator) that fails as a whole. Empty if the LUN can be examined.
/// One fault yields one blocker: checks that need the LUN are then not applicable, "see TGT-01".
std::string target_trouble(const TargetFacts& facts);

/// Returns not_applicable("see TGT-01: the LUN cannot be looked at").
Outcome see(const std::string& id);

// Checks of the LUN's properties and performance, each a Check::evaluate(): target_lun_checks.cc.
Outcome secrets(Subject& subject);          // TGT-07
Outcome write_cache(Subject& subject);      // TGT-08
Outcome latency(Subject& subject);          // TGT-09
Outcome same_lun(Subject& subject);         // TGT-10
Outcome nop_in(Subject& subject);           // TGT-11
Outcome thin_reserve(Subject& subject);     // TGT-12
Outcome ipxe_parameters(Subject& subject);  // IPXE-04
Outcome size_and_table(Subject& subject);   // TGT-04: target_size_check.cc

}  // namespace san::preflight
