// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// NTFS.
extern const FileSystemDriver kNtfsDriver;

/// Reads $Bitmap, if $Volume, $LogFile and hiberfil.sys show that it is valid; as
/// FileSystemDriver::read_free_space.
void read_ntfs(Volume& volume, FreeRanges& free, FreeSpace& result);
/// Opens the files; as FileSystemDriver::open_files.
std::unique_ptr<NodeReader> ntfs_reader(std::unique_ptr<Volume> volume);

}  // namespace san::filesystem
