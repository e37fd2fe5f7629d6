// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// ext2, ext3 and ext4.
extern const FileSystemDriver kExtDriver;
/// Journal of an ext3 or ext4 on another device.
extern const FileSystemDriver kExtJournalDriver;

/// Reads free space by libext2fs; as FileSystemDriver::read_free_space.
void read_ext(Volume& volume, FreeRanges& free, FreeSpace& result);
/// Opens the files; as FileSystemDriver::open_files.
std::unique_ptr<NodeReader> ext_reader(std::unique_ptr<Volume> volume);

}  // namespace san::filesystem
