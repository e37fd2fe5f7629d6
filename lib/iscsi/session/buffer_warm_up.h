// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "iscsi/connection/scsi_transport.h"
#include "iscsi/scsi/lun_data.h"

namespace san::iscsi {

/// Makes tgt, recognised by its standard INQUIRY data, allocate the buffers of later requests from its heap.
/// It allocates one for every command by valloc(), and glibc maps every block that is not smaller than the
/// largest mapped block ever freed (mallopt(3), M_MMAP_THRESHOLD). With requests of one size that is every
/// block, and each of its pages is faulted in and given back again, a third of tgtd's time. After one command
/// with a larger buffer no block is mapped any more. That command is a REPORT LUNS with an allocation length
/// for far more LUNs than there are: nothing is transferred but the answer. Errors are ignored.
void warm_up_buffers(ScsiTransport& transport, const Inquiry& inquiry);

}  // namespace san::iscsi
