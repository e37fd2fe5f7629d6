// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace san {

/// JSON that keeps the order in which fields were added, so that people can read it too. Whoever makes or
/// reads a document includes <nlohmann/json.hpp>; to declare a function that returns one, this is enough.
using Json = nlohmann::ordered_json;

}  // namespace san
