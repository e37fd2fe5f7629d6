// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "block/file/file_device.h"
#include "system/fd.h"
#include "system/file/new_file.h"
#include "system/mount/in_use.h"

namespace san {

/// A regular file or block device as open_file() has opened it.
struct OpenFile {
  std::string path;  ///< as the user named it
  Fd fd;             ///< through the page cache; holds O_EXCL or the lock
  Fd direct;         ///< the same by O_DIRECT, where there is one
  bool block_device = false;
  bool writable = false;
  bool created = false;                       ///< its directory entry is not yet on stable storage
  std::unique_ptr<NewFile> made;              ///< it was not there before
  std::optional<std::uint64_t> bytes_before;  ///< what it was extended from
  bool deallocates = false;                   ///< PUNCH_HOLE works and gives room back
  std::uint64_t bytes = 0;                    ///< a file for reading may end within a block
  std::uint32_t logical_block = 512, physical_block = 512;
};

/// The opening half of open_file(), with its rules and errors.
OpenFile open_checked(const std::string& path, const FileOptions& options);

/// Its parts: `path` has been found to be a block device, or to be a regular file or (with
/// options.create_size) nothing.
OpenFile open_block_device(const std::string& path, const FileOptions& options);
OpenFile open_regular_file(const std::string& path, const FileOptions& options);

/// The `uses` that do not go with what `options` want.
std::vector<Use> disturbing(std::vector<Use> uses, const FileOptions& options);

/// Throws Error(refused) naming `cause` and how to get around it, or warns of it under options.force_in_use.
void refuse_in_use(const std::string& path, const std::string& cause, const FileOptions& options);

}  // namespace san
