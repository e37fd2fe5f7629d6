// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "filesystem/volume/driver.h"

namespace san::filesystem {

/// btrfs: files and size, no free space.
extern const FileSystemDriver kBtrfsDriver;

/// Opens the files of one subvolume; as FileSystemDriver::open_files.
std::unique_ptr<NodeReader> btrfs_reader(std::unique_ptr<Volume> volume, const FileTreeOptions& options);

}  // namespace san::filesystem
