// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family WIN, each beside its code in a file of this directory.
extern const Check kWin01, kWin02, kWin03, kWin04, kWin05, kWin06, kWin07, kWin08, kWin09, kWin10, kWin11,
    kWin12, kWin13, kWin14, kWin15, kWin16;

/// The family WIN in order.
inline constexpr const Check* kWindowsChecks[] = {&kWin01, &kWin02, &kWin03, &kWin04, &kWin05, &kWin06,
                                                  &kWin07, &kWin08, &kWin09, &kWin10, &kWin11, &kWin12,
                                                  &kWin13, &kWin14, &kWin15, &kWin16};

}  // namespace san::preflight
