// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "filesystem/volume/file_tree.h"

namespace san::os {

/// The files of an operating system as its own programs see them: a root file system, and others mounted on
/// directories of it. Symbolic links are followed in every component, within the system: an absolute link
/// begins at its root, ".." does not lead out of it. At most 40 links are followed, as Linux does; a longer
/// chain counts as a link that points to nothing. Not for use by two threads at once.
class SystemTree {
 public:
  explicit SystemTree(std::shared_ptr<filesystem::FileTree> root);

  /// Mounts `tree` on `directory` ("/boot"), even if that does not exist; links in it are followed. The last
  /// tree mounted on a directory wins. Trees mounted earlier below `directory` stay visible. Throws
  /// Error(failed) for a path that cannot be a mount point.
  void mount(const std::string& directory, std::shared_ptr<filesystem::FileTree> tree);

  // Each throws Error(failed) as FileTree does.

  /// Returns the file at `path`, all links followed; nothing if there is none or a link points to nothing.
  std::optional<filesystem::FileInfo> info(const std::string& path);
  bool exists(const std::string& path) { return info(path).has_value(); }
  /// Lists a directory like FileTree::list(), all links followed, including the mount points in it.
  std::vector<filesystem::DirectoryEntry> list(const std::string& path);
  /// Returns the content of a regular file; nothing if there is none. Throws Error(failed) if it is larger
  /// than `limit` bytes.
  std::optional<std::vector<std::byte>> read(const std::string& path, std::uint64_t limit);
  /// Reads a configuration file as text, up to 1 MiB; otherwise like read().
  std::optional<std::string> text(const std::string& path);
  /// Returns the path with all links resolved; nothing if there is no such file.
  std::optional<std::string> real_path(const std::string& path);
  /// Returns the stored content of the symbolic link at `path`; nothing if `path` is no link. Links in the
  /// components before the last are followed.
  std::optional<std::string> link(const std::string& path);

 private:
  struct Mount {
    std::string directory;
    std::shared_ptr<filesystem::FileTree> tree;
  };
  /// A file, by a path without links.
  struct FoundFile {
    std::string real;  ///< path in the system
    filesystem::FileTree* tree = nullptr;
    std::string path;  ///< path in `tree`
    filesystem::FileInfo info;
  };

  std::optional<FoundFile> look(const std::string& real);
  std::optional<FoundFile> walk(const std::string& path, bool follow_last);

  std::vector<Mount> mounts_;
};

}  // namespace san::os
