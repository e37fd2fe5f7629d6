// SPDX-License-Identifier: Apache-2.0
#include "target/pool/copy_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/error.h"
#include "core/process/interrupt.h"
#include "core/units.h"
#include "system/fd.h"
#include "system/file/atomic_file.h"

namespace san::target {
namespace {

void check_capacity(const std::string& to, int fd, const struct stat& from) {
  struct statvfs system = {};
  const std::uint64_t needed = static_cast<std::uint64_t>(from.st_blocks) * 512;
  if (fstatvfs(fd, &system) != 0) return;
  if (const std::uint64_t available = system.f_bavail * system.f_frsize; needed > available)
    throw Error(Exit::refused, to,
                fmt::format("there is no room for a copy: it needs {}, {} are free", format_size(needed),
                            format_size(available)),
                "make room, or keep the pool on XFS or btrfs, where copies share their blocks");
}

/// Copies one run of data, from `offset` to `end`.
void copy_run(const std::string& from, const Fd& source, int target, off_t offset, off_t end,
              Progress& progress) {
  while (offset < end) {
    Interrupt::check(from.c_str());
    off_t in = offset, out = offset;
    const auto length = static_cast<std::size_t>(std::min<off_t>(end - offset, 64 * MiB));
    const ssize_t copied = copy_file_range(source.get(), &in, target, &out, length, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0) throw system_error(from, "copy it", errno);
    if (copied == 0) throw Error(Exit::failed, from, "has become shorter while it was copied");
    progress.add(static_cast<std::uint64_t>(copied));
    offset += copied;
  }
}

void copy_data(const std::string& from, const Fd& source, int target, off_t size, Progress& progress) {
  if (ftruncate(target, size) != 0) throw system_error(from, "copy it", errno);
  for (off_t offset = 0; offset < size;) {
    const off_t data = lseek(source.get(), offset, SEEK_DATA);
    if (data < 0 && errno == ENXIO) return;  // nothing but a hole is left
    if (data < 0) throw system_error(from, "find its data", errno);
    const off_t hole = lseek(source.get(), data, SEEK_HOLE);
    if (hole < 0) throw system_error(from, "find its data", errno);
    copy_run(from, source, target, data, std::min(hole, size), progress);
    offset = hole;
  }
}

}  // namespace

bool copy_file(const std::string& from, const std::string& to, bool full, Progress& progress) {
  const Fd source = open_path(from, O_RDONLY);
  struct stat status = {};
  if (!source || fstat(source.get(), &status) != 0) throw system_error(from, "read it", errno);
  AtomicFile file(to, {.mode = status.st_mode & 07777, .temporary = AtomicFile::Temporary::partial});
  const bool shared = ioctl(file.fd(), FICLONE, source.get()) == 0;
  if (!shared && !full)
    throw Error(Exit::refused, from, "this file system cannot copy it at one moment",
                "log the initiator out and try again, or keep the pool on XFS or btrfs");
  if (!shared) {
    check_capacity(to, file.fd(), status);
    progress.begin("copy", static_cast<std::uint64_t>(status.st_blocks) * 512);
    copy_data(from, source, file.fd(), status.st_size, progress);
    progress.end();
  }
  if (fchmod(file.fd(), status.st_mode & 07777) != 0) throw system_error(to, "set its mode", errno);
  if (!file.commit_new()) throw Error(Exit::refused, to, "already exists", "choose another name");
  return shared;
}

}  // namespace san::target
