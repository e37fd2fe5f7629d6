// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace san::boot {

/// Role of a NIC port in booting.
enum class Priority {
  primary,
  secondary,
  pxe,  ///< by PXE instead of iSCSI; no boot profile says so
  disabled,
};

/// Returns "primary", "secondary", "pxe" or "disabled".
const char* to_string(Priority priority);

}  // namespace san::boot
