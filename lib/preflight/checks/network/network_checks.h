// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family NET, each beside its code in a file of this directory.
extern const Check kNet01, kNet02, kNet03, kNet04, kNet05, kNet06, kNet07;

/// The family NET in order.
inline constexpr const Check* kNetworkChecks[] = {&kNet01, &kNet02, &kNet03, &kNet04,
                                                  &kNet05, &kNet06, &kNet07};

}  // namespace san::preflight
