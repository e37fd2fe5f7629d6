// SPDX-License-Identifier: Apache-2.0
#include "preflight/check.h"

namespace san::preflight {

std::span<const Check> linux_checks() {
  return {};
}

}  // namespace san::preflight
