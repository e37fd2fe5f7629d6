// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/device.h"

namespace san {

/// What a file is.
struct FileInfo {
  enum class Kind { file, directory, symlink, other };
  Kind kind = Kind::other;
  std::uint64_t size = 0;  ///< bytes
  std::int64_t mtime = 0;  ///< seconds since 1970; 0 where the file system keeps none
  unsigned mode = 0;       ///< permission bits; 0 where the file system keeps none
};

/// What a file with that st_mode is (POSIX, <sys/stat.h>; ext, XFS and btrfs store the same numbers).
FileInfo::Kind kind_of_mode(unsigned mode);

struct DirectoryEntry {
  std::string name;
  FileInfo::Kind kind = FileInfo::Kind::other;
};

/// The files of one file system, read-only; nothing is mounted, no journal is replayed. Paths begin with "/"
/// and are in UTF-8. Names are compared as the file system does (NTFS and FAT: without regard to case). No
/// symbolic link is followed, in no component: os::SystemTree does that, who knows the other file systems.
/// Not for use by two threads at once.
class FileTree {
 public:
  FileTree() = default;
  virtual ~FileTree() = default;
  FileTree(const FileTree&) = delete;
  FileTree& operator=(const FileTree&) = delete;

  /// For messages: "/dev/sda, partition 3 (ext4)".
  virtual const std::string& name() const = 0;
  /// Label of the file system, where its files tell (NTFS, FAT, exFAT); else empty, and probe() knows it.
  virtual std::string label() { return {}; }

  // Each, and label(), throws Error(failed) where the file system cannot be read: it is damaged, or the
  // device fails.

  /// What `path` is; nothing where there is none.
  virtual std::optional<FileInfo> info(const std::string& path) = 0;
  /// The entries of a directory without "." and "..", in the order of their names; none where `path` is no
  /// directory.
  virtual std::vector<DirectoryEntry> list(const std::string& path) = 0;
  /// Up to `length` bytes of a regular file from `offset` on; fewer only at its end. Throws where `path` is
  /// no regular file, is compressed or encrypted in a way that cannot be read here, or more than 1 GiB of it
  /// is wanted at a time.
  virtual std::vector<std::byte> read(const std::string& path, std::uint64_t offset,
                                      std::uint64_t length) = 0;
  /// Where a symbolic link points, as it is stored. Throws where `path` is none.
  virtual std::string link(const std::string& path) = 0;
};

struct FileTreeOptions {
  std::string place;  ///< for messages: "partition 3"; empty for the whole device
  /// btrfs: path of the subvolume whose files are wanted ("@", "root/var"), as the mount option subvol=; its
  /// number in decimal with `subvolume_is_id`, as subvolid=. Empty: the default subvolume. No other file
  /// system has any.
  std::string subvolume;
  bool subvolume_is_id = false;
};

}  // namespace san
