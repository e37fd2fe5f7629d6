// SPDX-License-Identifier: Apache-2.0
#include "filesystem/node_tree.h"
namespace san {
std::unique_ptr<NodeReader> btrfs_reader(std::unique_ptr<Volume>, const FileTreeOptions&) {
  throw CopyWhole{"there is no reader for files of btrfs"};
}
}  // namespace san
