// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family LNX, each beside its code in a file of this directory.
extern const Check kLnx01, kLnx02, kLnx03, kLnx04, kLnx05, kLnx06, kLnx07, kLnx08, kLnx09, kLnx10, kLnx11,
    kLnx12, kLnx13, kLnx14, kLnx15;

/// The family LNX in order.
inline constexpr const Check* kLinuxChecks[] = {&kLnx01, &kLnx02, &kLnx03, &kLnx04, &kLnx05,
                                                &kLnx06, &kLnx07, &kLnx08, &kLnx09, &kLnx10,
                                                &kLnx11, &kLnx12, &kLnx13, &kLnx14, &kLnx15};

}  // namespace san::preflight
