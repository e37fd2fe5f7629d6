// SPDX-License-Identifier: Apache-2.0
#include "filesystem/volume/file_tree.h"

#include <sys/stat.h>

namespace san::filesystem {

FileInfo::Kind kind_of_mode(unsigned mode) {
  if (S_ISREG(mode)) return FileInfo::Kind::file;
  if (S_ISDIR(mode)) return FileInfo::Kind::directory;
  if (S_ISLNK(mode)) return FileInfo::Kind::symlink;
  return FileInfo::Kind::other;
}

}  // namespace san::filesystem
