// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/json.h"

namespace san::target {

/// Returns the array `key` of a JSON object from a file that users may have edited; an empty array if it is
/// missing or not an array.
[[gnu::visibility("hidden")]] const Json& list_in(const Json& object, const char* key);

}  // namespace san::target
