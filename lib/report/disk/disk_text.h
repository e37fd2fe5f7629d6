// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/text/terminal.h"
#include "picture/disk_layout.h"

namespace san {

/// The layout for a terminal: a bar drawn to scale, what its signs mean, a row a partition, and notes. No
/// line is wider than the canvas, but for words that do not fit into one. Each partition has at least one
/// cell, unless there are more than fit; then a note says so.
///
/// In the bar, each cell's height is the part of these bytes that its file system uses, so that one sees
/// where on the disk the data lie; the line below says which the device stores (a thin LUN, a sparse file).
Printable draw_text(const DiskLayout& layout, const Canvas& canvas);

}  // namespace san
