// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "block/readable_device.h"
#include "filesystem/volume/file_tree.h"

namespace san::filesystem {

/// Opens the files in [offset, offset + length) of `device`, which has to outlive the tree: those of each
/// format that has FileSystemDriver::open_files. The tree caches the directories that it has read, so that
/// looking for many files costs little over a network. Throws Error(failed) if the content is no such format,
/// or cannot be read; the cause says which and why.
std::unique_ptr<FileTree> open_file_tree(ReadableDevice& device, std::uint64_t offset, std::uint64_t length,
                                         const FileTreeOptions& options = {});

}  // namespace san::filesystem
