// SPDX-License-Identifier: Apache-2.0
#include "block/fresh_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "block/file_io.h"
#include "core/error.h"

namespace san {
namespace {

bool lock(const Fd& fd) {
  return flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
}

/// Whether `path` is the very file that is open.
bool is_named(const Fd& fd, const std::string& path) {
  struct stat open = {}, there = {};
  return fstat(fd.get(), &open) == 0 && lstat(path.c_str(), &there) == 0 && open.st_dev == there.st_dev &&
         open.st_ino == there.st_ino;
}

/// Removes the file unless a living process has it locked. False where one has.
bool remove_unlocked(const std::string& partial) {
  for (;;) {
    const Fd old = open_path(partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!old && errno == ENOENT) return true;
    // A link, say. Whoever made it, it is the name that is in the way.
    if (!old && errno != ELOOP) throw system_error(partial, "open it", errno, "look who has made it");
    if (old && !lock(old)) return false;
    // Another process may have removed what we hold, and made its own.
    if (old && !is_named(old, partial)) continue;
    if (unlink(partial.c_str()) != 0 && errno != ENOENT) throw system_error(partial, "remove it", errno);
    return true;
  }
}

}  // namespace

FreshFile::FreshFile(std::string path, unsigned mode) : path_(std::move(path)), partial_(path_ + ".partial") {
  if (remove_unlocked(partial_)) fd_ = open_path(partial_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!fd_ && errno != EEXIST && errno != EWOULDBLOCK) throw system_error(path_, "create it", errno);
  if (fd_ && lock(fd_) && is_named(fd_, partial_)) return;
  named_ = true;  // not ours to remove
  throw Error(Exit::refused, partial_, "another process is writing it", "wait for that to end");
}

FreshFile::~FreshFile() {
  if (!named_ && fd_) unlink(partial_.c_str());
}

void FreshFile::write(std::span<const std::byte> bytes) {
  if (const Transfer done = write_fully(fd_.get(), 0, bytes); done.bytes != bytes.size())
    throw system_error(path_, "write it", done.error);
}

void FreshFile::sync() {
  if (fsync(fd_.get()) != 0) throw system_error(path_, "bring it to stable storage", errno);
}

void FreshFile::sync_directory() const {
  const std::string directory = std::filesystem::path(path_).parent_path().string();
  const Fd fd = open_path(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
  // One that may not be read, or that cannot be synced at all, is not an error of the file.
  if (fd && fsync(fd.get()) != 0 && errno == EIO)
    throw system_error(path_, "bring its name to stable storage", errno);
}

bool FreshFile::commit_new() {
  sync();
  int error =
      renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
  if (error == EINVAL || error == ENOSYS) {
    // NFS, say. A process that is killed in between leaves two names of one file; the other is a stale one.
    error = link(partial_.c_str(), path_.c_str()) == 0 ? 0 : errno;
    if (error == 0) unlink(partial_.c_str());
  }
  if (error == EEXIST) return false;
  if (error != 0) throw system_error(path_, "give it its name", error);
  named_ = true;
  sync_directory();
  return true;
}

void FreshFile::replace() {
  sync();
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) throw system_error(path_, "replace it", errno);
  named_ = true;
  sync_directory();
}

void FreshFile::remove_stale(const std::string& path) {
  remove_unlocked(path + ".partial");
}

}  // namespace san
