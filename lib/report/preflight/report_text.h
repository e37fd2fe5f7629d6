// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/text/terminal.h"
#include "preflight/run.h"

namespace san::report {

/// Returns the report as text: the subject; failed, unknown and skipped checks, one line each with evidence
/// and remedy below; with `all`, those that passed or do not apply, too; the to-do list; the verdict as the
/// last line.
Printable report_text(const preflight::Report& report, const Canvas& canvas, bool all);

/// Returns one line per check: id, severity, scope, title; with `about`, the description of the check below
/// it.
Printable list_checks_text(const Canvas& canvas, bool about);

}  // namespace san::report
