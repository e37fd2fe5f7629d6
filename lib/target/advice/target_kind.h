// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "iscsi/scsi/lun_data.h"

namespace san::iscsi {

/// Target software for which fix commands or at least a name are known.
enum class TargetKind { unknown, tgt, istgt, lio, scst, ctl };

/// Recognises the target software by its default vendor and product names in INQUIRY data.
TargetKind target_kind(const Inquiry& inquiry);

/// Returns the name of the software, "tgt", "LIO (Linux kernel)"; null for unknown.
const char* target_kind_name(TargetKind kind);

}  // namespace san::iscsi
