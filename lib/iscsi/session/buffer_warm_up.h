// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "iscsi/connection/connection.h"
#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

/// Makes tgt, recognised by its standard INQUIRY data, take the buffers of our requests from its heap. It
/// allocates one for every command by valloc(), and glibc maps whatever is not smaller than the largest
/// mapped piece that was ever freed (mallopt(3), M_MMAP_THRESHOLD): with requests of one size that is every
/// one, and each of its pages is faulted in and given back again, a third of tgtd's time. After one command
/// with a larger buffer it is none. That command is a REPORT LUNS with room for far more LUNs than there are:
/// nothing is transferred but the answer. Errors are ignored.
void warm_up_buffers(Connection& connection, const Inquiry& inquiry);

}  // namespace san::iscsi
