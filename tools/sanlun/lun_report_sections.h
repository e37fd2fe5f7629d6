// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lun_report.h"

namespace san {

// Parts of report_sections().

Section reservation_section(const iscsi::LunReport& report);
Section path_section(const iscsi::LunReport& report);
Section command_section(const iscsi::LunReport& report);
Section session_section(const iscsi::LunReport& report);

}  // namespace san
