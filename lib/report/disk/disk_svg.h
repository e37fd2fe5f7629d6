// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "picture/disk_layout.h"

namespace san {

/// The layout as a picture for a document: a whole SVG that needs nothing else (no font, script or network),
/// scales, follows the reader's choice of light and dark, and tells its content to who cannot see it. It is
/// XML without a declaration, so that it can also stand in an HTML document; the identifiers in it begin with
/// `id`, which tells several pictures of one document apart.
std::string draw_svg(const DiskLayout& layout, const std::string& id = "disk");

}  // namespace san
