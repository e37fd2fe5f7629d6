// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// Member of an array of Linux software RAID with its superblock at the front: metadata 1.1 and 1.2.
extern const FileSystemDriver kRaidDriver;
/// Member of an array with its superblock at the end: metadata 0.90 and 1.0. The rest looks like the content
/// of the array.
extern const FileSystemDriver kRaidAtEndDriver;

}  // namespace san::filesystem
