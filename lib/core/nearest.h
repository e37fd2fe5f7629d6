// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace san {

/// The one of `names` that `typed` most likely meant, by Levenshtein distance: at most a third of its letters
/// may be wrong, or two of a short word. Empty where none is as near. For "did you mean …?".
std::string nearest(std::string_view typed, const std::vector<std::string>& names);

}  // namespace san
