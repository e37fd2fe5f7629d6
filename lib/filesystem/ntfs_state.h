// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/ntfs_volume.h"

namespace san {

/// Throws CopyWhole, mostly dirty, unless the flags of $Volume are clear, $LogFile was closed cleanly, and
/// /hiberfil.sys holds no hibernated Windows. Returns the volume's label.
std::string check_ntfs_clean(NtfsVolume& ntfs);

}  // namespace san
