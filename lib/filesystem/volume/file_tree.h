// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"

namespace san::filesystem {

/// Type, size and times of a file.
struct FileInfo {
  enum class Kind { file, directory, symlink, other };
  Kind kind = Kind::other;
  std::uint64_t size = 0;  ///< bytes
  std::int64_t mtime = 0;  ///< seconds since 1970; 0 if the file system keeps none
  unsigned mode = 0;       ///< permission bits; 0 if the file system keeps none
};

/// Returns the type of a file with that st_mode (POSIX, <sys/stat.h>; ext, XFS and btrfs store the same
/// numbers).
FileInfo::Kind kind_of_mode(unsigned mode);

/// One name in a directory.
struct DirectoryEntry {
  std::string name;
  FileInfo::Kind kind = FileInfo::Kind::other;
};

/// Files of one file system, read-only; nothing is mounted, no journal is replayed. Paths begin with "/" and
/// are in UTF-8. Names are compared as the file system does (NTFS and FAT: without regard to case). Symbolic
/// links are not followed, in no component: os::SystemTree does that, which knows the other file systems. Not
/// for use by two threads at once.
class FileTree {
 public:
  FileTree() = default;
  virtual ~FileTree() = default;
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;

  /// Returns a name for messages: "/dev/sda, partition 3 (ext4)".
  virtual const std::string& name() const = 0;
  /// Returns the label of the file system if it is stored among its files (NTFS, FAT, exFAT); else empty, and
  /// probe() knows it.
  virtual std::string label() { return {}; }

  // Each, and label(), throws Error(failed) if the file system cannot be read: it is damaged, or the
  // device fails.

  /// Returns type and size of `path`; nothing if there is no such file.
  virtual std::optional<FileInfo> info(const std::string& path) = 0;
  /// Returns the entries of a directory without "." and "..", in the order of their names; none if `path` is
  /// no directory.
  virtual std::vector<DirectoryEntry> list(const std::string& path) = 0;
  /// Reads up to `length` bytes of a regular file from `offset` on; fewer only at its end. Throws if `path`
  /// is no regular file, is compressed or encrypted in a way that cannot be read here, or if `length` is more
  /// than 1 GiB.
  virtual std::vector<std::byte> read(const std::string& path, std::uint64_t offset,
                                      std::uint64_t length) = 0;
  /// Returns the target of a symbolic link, as it is stored. Throws if `path` is none.
  virtual std::string link(const std::string& path) = 0;
};

/// Options of open_file_tree().
struct FileTreeOptions {
  std::string where;  ///< for messages: "partition 3"; empty for the whole device
  /// Subvolume of btrfs whose files are wanted: its path ("@", "root/var") as for the mount option subvol=,
  /// or with `subvolume_is_id` its number in decimal, as for subvolid=. Empty for the default subvolume. No
  /// other file system has any.
  std::string subvolume;
  bool subvolume_is_id = false;
};

}  // namespace san::filesystem
