// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "iscsi/scsi/lun_info.h"

namespace san::iscsi {

/// Target software whose configuration we can speak of.
enum class TargetKind { unknown, tgt, istgt, lio, scst, ctl };

/// Recognises it by what its LUNs are called where nobody has given them other names.
TargetKind target_kind(const Inquiry& inquiry);

/// "tgt", "LIO (targetcli)"; null for unknown.
const char* target_kind_name(TargetKind kind);

}  // namespace san::iscsi
