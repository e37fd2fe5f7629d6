// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family IPXE, each beside its code in a file of this directory.
extern const Check kIpxe01, kIpxe02, kIpxe03, kIpxe04, kIpxe05, kIpxe06, kIpxe07, kIpxe08;

/// The family IPXE in order.
inline constexpr const Check* kIpxeChecks[] = {&kIpxe01, &kIpxe02, &kIpxe03, &kIpxe04,
                                               &kIpxe05, &kIpxe06, &kIpxe07, &kIpxe08};

}  // namespace san::preflight
