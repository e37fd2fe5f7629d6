// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/saturating.h"

namespace san::partition {

/// Returns `value` divided by `unit` (not 0), rounded up.
constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t unit) {
  return value / unit + (value % unit != 0 ? 1 : 0);
}

}  // namespace san::partition
