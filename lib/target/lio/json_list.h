// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "core/text/table.h"

namespace san::target {

/// Returns the array `key` of a JSON object from a file that users may have edited; an empty array if it is
/// missing or not an array.
inline const Json& list_in(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kNone;
}

}  // namespace san::target
