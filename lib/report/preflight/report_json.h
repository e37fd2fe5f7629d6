// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/text/table.h"
#include "preflight/run.h"

namespace san::preflight {

/// {"verdict": "READY", "summary": the line of the text report, "subject": {…}, "examined": […], …,
/// "checks": [{"id", "severity", "scope", "status", "title", "evidence": [{"where", "found", "wanted"}],
/// "remedy", "commands"}]}. What is not known, or not said, is null.
Json to_json(const Report& report);

/// [{"id", "severity", "scope", "also", "title", "about"}].
Json list_checks_json();

}  // namespace san::preflight
