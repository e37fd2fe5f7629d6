// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preflight/check/check.h"

namespace san::preflight {

// Entries of the family OPS, beside their code in people_checks.cc.
extern const Check kOps01, kOps02, kOps03, kOps04;

/// The family OPS in order.
inline constexpr const Check* kPeopleChecks[] = {&kOps01, &kOps02, &kOps03, &kOps04};

}  // namespace san::preflight
