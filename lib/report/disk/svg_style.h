// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// The <style> element and the patterns of a picture of a disk, whose classes all stand under ".sandisk".
/// Patterns: ID-gap for gaps, ID-unknown for what is not known.
std::string svg_style(const std::string& id);

}  // namespace san
