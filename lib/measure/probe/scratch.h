// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/readable_device.h"
#include "copy/clone_checks.h"

namespace san::measure {

/// Throws Error(refused) if `device` must not be overwritten: it is write-protected, or holds a partition
/// table or a file system that `overrides` do not release ("unknown-content"). Reads only.
void check_scratch(ReadableDevice& device, const copy::Overrides& overrides);

}  // namespace san::measure
