// SPDX-License-Identifier: Apache-2.0
// For LD_PRELOAD: kills the process before the KILL_AT-th call, from 1 on, by which it would change a file or
// a directory. Each call appends a line with its name to the file KILL_LOG. It is for where strace takes
// minutes.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

// NOLINTBEGIN(concurrency-mt-unsafe): no setenv()
void before(const char* name) {
  static const char* const at = std::getenv("KILL_AT");
  static const char* const log = std::getenv("KILL_LOG");
  static const long last = at == nullptr ? 0 : std::atol(at);
  static std::atomic<long> calls{0};
  if (log != nullptr) {
    const std::string line = std::string(name) + "\n";
    const int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    syscall(SYS_write, fd, line.data(), line.size());
    close(fd);
  }
  if (++calls == last) raise(SIGKILL);
}
// NOLINTEND(concurrency-mt-unsafe)

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  before("write");
  return syscall(SYS_write, fd, data, size);
}
ssize_t pwrite(int fd, const void* data, size_t size, off_t offset) {
  before("pwrite");
  return syscall(SYS_pwrite64, fd, data, size, offset);
}
int mkdir(const char* path, mode_t mode) noexcept {
  before("mkdir");
  return static_cast<int>(syscall(SYS_mkdir, path, mode));
}
int rmdir(const char* path) noexcept {
  before("rmdir");
  return static_cast<int>(syscall(SYS_rmdir, path));
}
int symlink(const char* object, const char* path) noexcept {
  before("symlink");
  return static_cast<int>(syscall(SYS_symlink, object, path));
}
int link(const char* from, const char* to) noexcept {
  before("link");
  return static_cast<int>(syscall(SYS_link, from, to));
}
int unlink(const char* path) noexcept {
  before("unlink");
  return static_cast<int>(syscall(SYS_unlink, path));
}
int rename(const char* from, const char* to) noexcept {
  before("rename");
  return static_cast<int>(syscall(SYS_rename, from, to));
}
int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept {
  before("renameat2");
  return static_cast<int>(syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}
int fsync(int fd) {
  before("fsync");
  return static_cast<int>(syscall(SYS_fsync, fd));
}
int ftruncate(int fd, off_t size) noexcept {
  before("ftruncate");
  return static_cast<int>(syscall(SYS_ftruncate, fd, size));
}
int fallocate(int fd, int mode, off_t offset, off_t size) {
  before("fallocate");
  return static_cast<int>(syscall(SYS_fallocate, fd, mode, offset, size));
}
int fchmod(int fd, mode_t mode) noexcept {
  before("fchmod");
  return static_cast<int>(syscall(SYS_fchmod, fd, mode));
}
int flock(int fd, int operation) noexcept {
  before("flock");
  return static_cast<int>(syscall(SYS_flock, fd, operation));
}

}  // extern "C"
