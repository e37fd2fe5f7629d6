// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san::report {

/// Returns the <style> element and the patterns of a picture of a disk; all its classes are below ".sandisk".
/// Patterns: ID-gap for gaps, ID-unknown for unknown content.
std::string svg_style(const std::string& id);

}  // namespace san::report
