// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "picture/layout_rows.h"
#include "picture/terminal.h"

namespace san {

/// A line a row under a line of headings, with as many columns as fit: number, start, size, content and part
/// in use always; then bytes in use, name, a small bar, type and UUID. Nothing without rows.
std::string draw_rows(const std::vector<LayoutRow>& rows, const Canvas& canvas);

}  // namespace san
