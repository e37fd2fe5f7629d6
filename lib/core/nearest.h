// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san {

/// Returns the name of `names` that is closest to `typed` by Levenshtein distance, for "did you mean …?". At
/// most a third of the letters of `typed` may differ, or two in a short word. Empty if no name is that close.
std::string nearest(std::string_view typed, const std::vector<std::string>& names);

}  // namespace san
