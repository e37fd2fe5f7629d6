// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "preflight/run.h"

namespace san::report {

/// Returns the report as JSON: {"verdict": "READY", "summary": the last line of the text report, "subject":
/// {…}, "examined": […], …, "checks": [{"id", "severity", "scope", "status", "title", "evidence": [{"where",
/// "found", "wanted"}], "remedy", "commands"}]}. Unknown and missing values are null.
Json to_json(const preflight::Report& report);

/// Returns all checks: [{"id", "severity", "scope", "also", "title", "about"}].
Json list_checks_json();

}  // namespace san::report
