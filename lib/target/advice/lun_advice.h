// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/diagnostic.h"
#include "iscsi/lun/lun_report.h"

namespace san::target {

/// Returns "danger", "slow" or "note": the words that advice has for the severities.
const char* level_name(Severity severity);

/// Returns everything that is slow or dangerous about the LUN, the worst first, with an id and with lines
/// that put it right. Properties that are not known are not judged.
Diagnostics advise(const iscsi::LunReport& report);

}  // namespace san::target
