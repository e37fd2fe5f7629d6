// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/text/terminal.h"
#include "report/disk/layout_rows.h"

namespace san::report {

/// Draws a table of one line per row below a line of headings, with as many columns as fit: number, start,
/// size, content and part in use always; then bytes in use, name, a small bar, type and UUID. Empty if there
/// are no rows.
Printable draw_rows(const std::vector<LayoutRow>& rows, const Canvas& canvas);

}  // namespace san::report
