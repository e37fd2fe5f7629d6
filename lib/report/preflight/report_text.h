// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/text/terminal.h"
#include "preflight/run.h"

namespace san::preflight {

/// The report for people: what was examined; what failed, what is unknown, what was skipped, a line a check
/// with its evidence and remedy below; with `all`, what passed and what does not apply, too; what people have
/// to do; the verdict as the last line.
Printable report_text(const Report& report, const Canvas& canvas, bool all);

/// A line a check: id, severity, scope, title; with `about`, what is examined below it.
Printable list_checks_text(const Canvas& canvas, bool about);

}  // namespace san::preflight
