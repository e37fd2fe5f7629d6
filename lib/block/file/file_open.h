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
  std::string path;  ///< name that the user gave
  Fd fd;             ///< uses the page cache; holds O_EXCL or the lock
  Fd direct;         ///< opened with O_DIRECT; empty if that is not possible
  bool block_device = false;
  bool writable = false;
  bool created = false;                       ///< true until its directory entry is on stable storage
  std::unique_ptr<NewFile> made;              ///< set if this process created the file
  std::optional<std::uint64_t> bytes_before;  ///< size in bytes before it was extended; empty if it was not
  bool deallocates = false;                   ///< PUNCH_HOLE works and frees space
  std::uint64_t bytes = 0;                    ///< size; a file for reading may end within a block
  std::uint32_t logical_block = 512, physical_block = 512;
};

/// Opens a path for open_file(), with its rules and errors.
OpenFile open_checked(const std::string& path, const FileOptions& options);

/// Opens `path`, which must be a block device for the first function, and a regular file or, with
/// options.create_size, nonexistent for the second.
OpenFile open_block_device(const std::string& path, const FileOptions& options);
OpenFile open_regular_file(const std::string& path, const FileOptions& options);

/// Returns those of the `uses` that conflict with `options`.
std::vector<Use> disturbing(std::vector<Use> uses, const FileOptions& options);

/// Throws Error(refused) naming `cause` and how to override it. Only warns with options.force_in_use; does
/// nothing with options.look_only for a source.
void refuse_in_use(const std::string& path, const std::string& cause, const FileOptions& options);

}  // namespace san
