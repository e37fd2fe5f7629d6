// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// FAT12, FAT16 and FAT32.
extern const FileSystemDriver kFatDriver;
/// exFAT.
extern const FileSystemDriver kExfatDriver;

/// Reads the file allocation table; as FileSystemDriver::read_free_space.
void read_fat(Volume& volume, FreeRanges& free, FreeSpace& result);
/// Reads the allocation bitmap of exFAT; as FileSystemDriver::read_free_space.
void read_exfat(Volume& volume, FreeRanges& free, FreeSpace& result);
/// Opens the files of FAT; as FileSystemDriver::open_files.
std::unique_ptr<NodeReader> fat_reader(std::unique_ptr<Volume> volume);
/// Opens the files of exFAT; as FileSystemDriver::open_files.
std::unique_ptr<NodeReader> exfat_reader(std::unique_ptr<Volume> volume);

}  // namespace san::filesystem
