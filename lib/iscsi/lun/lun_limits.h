// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "block/device.h"
#include "iscsi/lun/lun.h"

namespace san::iscsi {

/// What requests to a LUN may be, by what it says of itself and by what libiscsi and known targets can take.
/// Whatever the LUN says, the limits make sense: blocks divide them, none is 0 that must not be. `depth`:
/// requests in flight, at least 1. Unmapping is offered only where the LUN declares that unmapped blocks are
/// zeros.
Limits lun_limits(const Lun& lun, unsigned depth);

}  // namespace san::iscsi
