// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace san {

/// Fault of a value: a clause that follows the value, and the next step (empty for none).
struct Fault {
  std::string cause, hint;
};

}  // namespace san
