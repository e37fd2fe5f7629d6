// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family IBFT, each beside its code in a file of this directory.
extern const Check kIbft01, kIbft02, kIbft03, kIbft04, kIbft05, kIbft06;

/// The family IBFT in order.
inline constexpr const Check* kIbftChecks[] = {&kIbft01, &kIbft02, &kIbft03, &kIbft04, &kIbft05, &kIbft06};

}  // namespace san::preflight
