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

/// The files of an operating system as its own programs see them: a root file system, and others on
/// directories of it. Symbolic links are followed in every component, within the system: an absolute one
/// begins at its root, ".." does not lead out. At most 40 are followed, as Linux does; more are a link that
/// points to nothing. Not for use by two threads at once.
class SystemTree {
 public:
  explicit SystemTree(std::shared_ptr<FileTree> root);

  /// `tree` appears at `directory` ("/boot"), whether that exists or not; links in it are followed. The last
  /// one added wins. What was mounted below `directory` before stays visible.
  void mount(const std::string& directory, std::shared_ptr<FileTree> tree);

  // Each throws Error(failed) as FileTree does.

  /// What `path` is behind all links; nothing where there is none, or a link points to nothing.
  std::optional<FileInfo> info(const std::string& path);
  bool exists(const std::string& path) { return info(path).has_value(); }
  /// As FileTree::list(), behind all links, with the directories that others are mounted on.
  std::vector<DirectoryEntry> list(const std::string& path);
  /// The content of a regular file; nothing where there is none. Throws Error(failed) where it is larger
  /// than `limit` bytes.
  std::optional<std::vector<std::byte>> read(const std::string& path, std::uint64_t limit);
  /// The same as text, up to 1 MiB, for configuration files.
  std::optional<std::string> text(const std::string& path);
  /// The same path without a link in it; nothing where there is none.
  std::optional<std::string> real_path(const std::string& path);
  /// Where the link at `path` points, as it is stored; nothing where `path` is no link. Links in the
  /// components before the last are followed.
  std::optional<std::string> link(const std::string& path);

 private:
  struct Mount {
    std::string directory;
    std::shared_ptr<FileTree> tree;
  };
  /// A file, by a path without links.
  struct Place {
    std::string real;  ///< in the system
    FileTree* tree = nullptr;
    std::string path;  ///< in the tree
    FileInfo info;
  };

  std::optional<Place> look(const std::string& real);
  std::optional<Place> walk(const std::string& path, bool follow_last);

  std::vector<Mount> mounts_;
};

}  // namespace san::os
