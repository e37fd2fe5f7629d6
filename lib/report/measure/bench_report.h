// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/text/printable.h"
#include "measure/bench/bench.h"

namespace san::report {

/// Returns the conclusions, one sentence each.
std::vector<std::string> bench_conclusions(const measure::BenchResult& result);

/// Formats the result for a terminal, at most 80 columns wide; `color`: with ANSI colours.
Printable to_text(const measure::BenchResult& result, bool color);
/// Returns the result as the JSON document of --json.
Json to_json(const measure::BenchResult& result);

}  // namespace san::report
