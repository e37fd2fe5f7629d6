// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

/// Evaluates NET-06.
Outcome vlan_module(Subject& subject);

}  // namespace san::preflight
