// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "target/driver/target_software.h"

namespace san::target {

extern const TargetSoftware kLio;

}  // namespace san::target
