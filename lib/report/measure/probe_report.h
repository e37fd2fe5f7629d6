// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "measure/probe/probe.h"

namespace san::report {

/// Formats the result for a terminal, at most 80 columns wide; `color`: with ANSI colours.
Printable to_text(const measure::ProbeResult& result, bool color);
/// Returns the result as the JSON document of --json.
Json to_json(const measure::ProbeResult& result);

}  // namespace san::report
