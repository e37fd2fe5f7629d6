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
namespace {

std::string directory_of(const std::string& path) {
  const std::string above = std::filesystem::path(path).parent_path().string();
  return above.empty() ? "." : above;
}

}  // namespace

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

bool flush_directory_of(const std::string& path) {
  const std::string above = directory_of(path);
  const Fd directory = open_path(above, O_RDONLY | O_DIRECTORY);
  if (!directory) return false;
  while (fsync(directory.get()) != 0) {
    if (errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS) return false;
    if (errno != EINTR) throw system_error(path, "bring its name to stable storage", errno);
  }
  return true;
}

std::string follow_links(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kLinks = 40;  // as many as the kernel follows
  fs::path target = path;
  std::error_code error;
  for (int i = 0; i < kLinks; ++i) {
    if (!fs::is_symlink(fs::symlink_status(target, error))) return target.string();
    target = target.parent_path() / fs::read_symlink(target, error);
    if (error) break;
  }
  return path;
}

void check_directory_of(const std::string& path) {
  if (!stat_of(directory_of(path)) && errno == ENOENT)
    throw Error(Exit::usage, path, "the directory of this file does not exist", "create the directory first");
}

}  // namespace san
