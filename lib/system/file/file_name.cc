// SPDX-License-Identifier: Apache-2.0
#include "system/file/file_name.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "core/error.h"
#include "system/fd.h"

namespace san {

bool is_named(int fd, const std::string& path) {
  struct stat open = {}, there = {};
  return fstat(fd, &open) == 0 && lstat(path.c_str(), &there) == 0 && open.st_dev == there.st_dev &&
         open.st_ino == there.st_ino;
}

int rename_new(const std::string& from, const std::string& to) {
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // For NFS, for example. A process that is killed between the two calls leaves two names of one file.
  if (link(from.c_str(), to.c_str()) == 0) {
    unlink(from.c_str());
    return 0;
  }
  if (errno != EPERM && errno != EOPNOTSUPP) return errno;
  struct stat status = {};
  if (lstat(to.c_str(), &status) == 0) return EEXIST;
  return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

void flush_directory_of(const std::string& path) {
  const std::string above = std::filesystem::path(path).parent_path().string();
  const Fd directory = open_path(above.empty() ? "." : above, O_RDONLY | O_DIRECTORY);
  if (directory && fsync(directory.get()) != 0 && errno == EIO)
    throw system_error(path, "bring its name to stable storage", errno);
}

}  // namespace san
