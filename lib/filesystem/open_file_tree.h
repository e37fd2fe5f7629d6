// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "block/device.h"
#include "filesystem/volume/file_tree.h"

namespace san {

/// The files in [offset, offset + length) of `device`, which lives as long as the tree: ext2/3/4, NTFS, FAT,
/// exFAT, XFS, btrfs. Directories that were read are kept, so that looking for many files costs little over a
/// network. Throws Error(failed) where none of these is there, or it cannot be read; the cause says which and
/// why.
std::unique_ptr<FileTree> open_file_tree(Device& device, std::uint64_t offset, std::uint64_t length,
                                         const FileTreeOptions& options = {});

}  // namespace san
