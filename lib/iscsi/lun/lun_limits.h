// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"
#include "iscsi/lun/lun_info.h"

namespace san::iscsi {

/// Computes the limits of requests to a LUN, from its declared limits and from those of libiscsi and known
/// targets. The limits make sense whatever the LUN declares: they are multiples of its blocks, and none is 0
/// that must not be. The capacity must be known. `depth`: requests in flight, at least 1. Unmapping is
/// offered only if the LUN declares that unmapped blocks read as zeros.
Limits lun_limits(const LunInfo& lun, unsigned depth);

}  // namespace san::iscsi
