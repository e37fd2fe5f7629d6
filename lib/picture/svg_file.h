// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// Throws Error(refused) where `path` is there and is neither an SVG nor an empty file: the name of a disk
/// image that was typed in the wrong place must not cost the image.
void check_svg_file(const std::string& path);

/// Writes `svg` under another name first, so that nobody ever sees half a picture; replaces what
/// check_svg_file() allows. Throws Error.
void write_svg_file(const std::string& path, const std::string& svg);

}  // namespace san
