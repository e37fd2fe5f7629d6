// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family TGT, each beside its code in a file of this directory.
extern const Check kTgt01, kTgt02, kTgt03, kTgt04, kTgt05, kTgt06, kTgt07, kTgt08, kTgt09, kTgt10, kTgt12;

/// The family TGT in order.
inline constexpr const Check* kTargetChecks[] = {&kTgt01, &kTgt02, &kTgt03, &kTgt04, &kTgt05, &kTgt06,
                                                 &kTgt07, &kTgt08, &kTgt09, &kTgt10, &kTgt12};

}  // namespace san::preflight
