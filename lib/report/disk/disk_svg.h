// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "picture/disk_layout.h"

namespace san::report {

/// Draws the layout as a picture for a document: a self-contained SVG (no font, script or network needed)
/// that scales, follows the reader's preference for light or dark, and has a text alternative for readers who
/// cannot see it. It has no XML declaration, so that it can also be embedded in HTML; its identifiers begin
/// with `id`, which distinguishes several pictures in one document.
std::string draw_svg(const picture::DiskLayout& layout, const std::string& id = "disk");

}  // namespace san::report
