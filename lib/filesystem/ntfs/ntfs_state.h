// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "filesystem/ntfs/ntfs_volume.h"

namespace san::filesystem {

/// Throws MetadataError, mostly dirty, unless the flags of $Volume are clear, $LogFile was closed cleanly,
/// and /hiberfil.sys holds no hibernated Windows. Returns the volume's label.
std::string check_ntfs_clean(NtfsVolume& ntfs);

/// Throws MetadataError if the volume has shadow copies. These copy a block elsewhere only when it is about
/// to be overwritten: data that were deleted since are still in clusters that $Bitmap calls free.
void check_ntfs_shadow_copies(Volume& volume);

}  // namespace san::filesystem
