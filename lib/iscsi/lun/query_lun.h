// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.h"
#include "iscsi/connection/scsi_transport.h"
#include "iscsi/lun/lun_info.h"

namespace san::iscsi {

/// Depth of a query: the fields of LunInfo that are asked for, and what becomes of a fault.
enum class LunDepth {
  listing,  ///< identity and capacity; faults are noted with the transport, and their fields are absent
  device,   ///< what a LunDevice needs to read and write; a fault that it cannot do without is thrown
  report,   ///< everything; faults as for a listing
};

/// Returns the error of a LUN that does not exist; `name` is its URL.
Error no_such_lun(const std::string& name);

/// Queries a LUN. The order is INQUIRY; VPD pages 00h, 80h, 83h; TEST UNIT READY, which waits for a LUN that
/// is becoming ready; READ CAPACITY; VPD pages B0h, B1h, B2h; MODE SENSE. Commands that no field of `depth`
/// needs are left out; a LUN that is not a disk is asked only for its identity and, for a report, its
/// readiness.
///
/// For a device throws Error(failed) if there is no such LUN, it is not a disk, its capacity cannot be read,
/// or a command is not answered; Error(refused) if another host has reserved it; ConnectionLost. Throws what
/// the transport throws. `inquiry` and `capacity` of the result are then present.
LunInfo query_lun(ScsiTransport& transport, LunDepth depth);

}  // namespace san::iscsi
