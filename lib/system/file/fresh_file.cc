// SPDX-License-Identifier: Apache-2.0
#include "system/file/fresh_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/error.h"
#include "system/file/file_name.h"
#include "system/file_io.h"

namespace san {
namespace {

bool lock(const Fd& fd) {
  return flock(fd.get(), LOCK_EX | LOCK_NB) == 0;
}

/// Removes the file unless a running process has it locked. Returns false if one has.
bool remove_unlocked(const std::string& partial) {
  for (;;) {
    const Fd old = open_path(partial, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!old && errno == ENOENT) return true;
    // ELOOP: a symbolic link. It is removed like a file, since only its name is in the way.
    if (!old && errno != ELOOP) throw system_error(partial, "open it", errno, "find out who made it");
    if (old && !lock(old)) return false;
    // Another process may have removed the file that is open here, and created its own.
    if (old && !is_named(old.get(), partial)) continue;
    if (unlink(partial.c_str()) != 0 && errno != ENOENT) throw system_error(partial, "remove it", errno);
    return true;
  }
}

}  // namespace

FreshFile::FreshFile(std::string path, unsigned mode) : path_(std::move(path)), partial_(path_ + ".partial") {
  if (remove_unlocked(partial_)) fd_ = open_path(partial_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!fd_ && errno != EEXIST && errno != EWOULDBLOCK) throw system_error(path_, "create it", errno);
  if (fd_ && lock(fd_) && is_named(fd_.get(), partial_)) return;
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

bool FreshFile::commit_new() {
  sync();
  const int error = rename_new(partial_, path_);
  if (error == EEXIST) return false;
  if (error != 0) throw system_error(path_, "give it its name", error);
  named_ = true;
  flush_directory_of(path_);
  return true;
}

void FreshFile::replace() {
  sync();
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) throw system_error(path_, "replace it", errno);
  named_ = true;
  flush_directory_of(path_);
}

void FreshFile::remove_stale(const std::string& path) {
  remove_unlocked(path + ".partial");
}

}  // namespace san
