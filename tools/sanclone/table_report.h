// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"
#include "core/text/printable.h"
#include "partition/edit/table_plan.h"

namespace san {

/// Returns the value of "gpt" of a destination; null if nothing was changed and there is nothing to report.
Json edits_json(const partition::TablePlan& plan);
/// Returns the lines about a destination.
Printable edits_text(const partition::TablePlan& plan);

}  // namespace san
