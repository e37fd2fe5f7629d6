// SPDX-License-Identifier: Apache-2.0
#include "target/lio/json_list.h"

#include <nlohmann/json.hpp>

namespace san::target {

const Json& list_in(const Json& object, const char* key) {
  static const Json kNone = Json::array();
  if (!object.is_object()) return kNone;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kNone;
}

}  // namespace san::target
