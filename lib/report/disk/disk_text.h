// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/text/terminal.h"
#include "picture/disk_layout.h"

namespace san::report {

/// Draws the layout for a terminal: a bar to scale, a legend, one row per partition, and notes. No line is
/// wider than the canvas, except for words that do not fit into a line. Each partition has at least one cell,
/// unless there are more than fit; then a note says so.
Printable draw_text(const picture::DiskLayout& layout, const Canvas& canvas);

}  // namespace san::report
