// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"
#include "copy/clone_checks.h"

namespace san {

/// Throws Error(refused) where `device` is nothing to be destroyed: it is write protected, or holds a
/// partition table or a file system, and `overrides` do not say that this is meant ("unknown-content"). Reads
/// only.
void check_scratch(Device& device, const Overrides& overrides);

}  // namespace san
