// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// XFS, versions 4 and 5.
extern const FileSystemDriver kXfsDriver;

/// Reads the B+trees of free space by block number; as FileSystemDriver::read_free_space.
void read_xfs(Volume& volume, FreeRanges& free, FreeSpace& result);
/// Opens the files; as FileSystemDriver::open_files.
std::unique_ptr<NodeReader> xfs_reader(std::unique_ptr<Volume> volume);

}  // namespace san::filesystem
