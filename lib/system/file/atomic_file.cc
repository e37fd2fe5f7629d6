// SPDX-License-Identifier: Apache-2.0
#include "system/file/atomic_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/fill_random.h"
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
    struct stat status = {};
    if (old && (fstat(old.get(), &status) != 0 || !S_ISREG(status.st_mode)))
      throw Error(Exit::refused, partial, "is not a file", "remove it, or choose another name");
    if (old && !lock(old)) return false;
    // Another process may have removed the file that is open here, and created its own; or completed it, and
    // then what is open is a file that somebody needs.
    if (old && !is_named(old.get(), partial)) continue;
    if (unlink(partial.c_str()) != 0 && errno != ENOENT) throw system_error(partial, "remove it", errno);
    return true;
  }
}

std::string partial_of(const std::string& path) {
  return path + ".partial";
}

std::string random_suffix() {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::array<unsigned char, 6> random = {};
  fill_random(std::as_writable_bytes(std::span(random)));
  std::string suffix = ".";
  for (const unsigned char byte : random) suffix += kLetters[byte % kLetters.size()];
  return suffix;
}

}  // namespace

AtomicFile::AtomicFile(std::string path, const Options& options)
    : name_(std::move(path)), path_(options.link == Link::followed ? follow_links(name_) : name_) {
  if (!options.mode) {
    old_ = stat_of(path_);
    if (!old_) throw system_error(name_, "find it", errno);
  }
  const mode_t mode = options.mode.value_or(0600);
  options.temporary == Temporary::partial ? open_partial(mode, options) : open_random(mode);
}

AtomicFile::~AtomicFile() {
  // A file that another process has put there is not ours to remove.
  if (!committed_ && fd_ && is_named(fd_.get(), temporary_)) unlink(temporary_.c_str());
}

void AtomicFile::open_random(mode_t mode) {
  constexpr int kAttempts = 100;
  for (int i = 0; i < kAttempts && !fd_; ++i) {
    temporary_ = path_ + random_suffix();
    fd_ = open_path(temporary_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    if (!fd_ && errno != EEXIST) break;
  }
  if (!fd_) throw system_error(name_, "make a new file beside it", errno);
}

void AtomicFile::open_partial(mode_t mode, const Options& options) {
  temporary_ = partial_of(path_);
  if (remove_unlocked(temporary_)) fd_ = open_path(temporary_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!fd_ && errno != EEXIST && errno != EWOULDBLOCK) throw system_error(name_, "create it", errno);
  // Before the lock another process may have taken this file for one that was left, and removed it.
  if (fd_ && lock(fd_) && is_named(fd_.get(), temporary_)) return;
  throw Error(Exit::refused, temporary_, options.busy, options.busy_hint);
}

void AtomicFile::write(std::span<const std::byte> bytes) const {
  if (const Transfer done = write_fully(fd_.get(), 0, bytes); done.bytes != bytes.size())
    throw system_error(name_, "write it", done.error);
}

void AtomicFile::complete() const {
  if (old_) {
    mode_t mode = old_->st_mode & 07777;
    // Only root can keep the owner; the mode alone must not open the file to a group that is another one now.
    if (fchown(fd_.get(), old_->st_uid, old_->st_gid) != 0 &&
        (old_->st_uid != getuid() || old_->st_gid != getgid()))
      mode &= ~static_cast<mode_t>(S_IRWXG);
    if (fchmod(fd_.get(), mode) != 0) throw system_error(name_, "set its mode", errno);
  }
  if (fsync(fd_.get()) != 0) throw system_error(name_, "bring it to stable storage", errno);
  if (!is_named(fd_.get(), temporary_))
    throw Error(Exit::failed, name_, fmt::format("another process has removed or replaced {}", temporary_));
}

bool AtomicFile::commit_new() {
  complete();
  const int error = rename_new(temporary_, path_);
  if (error == EEXIST) return false;
  if (error != 0) throw system_error(name_, "give it its name", error);
  committed_ = true;
  flush_directory_of(path_);
  return true;
}

bool AtomicFile::replace() {
  complete();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) throw system_error(name_, "replace it", errno);
  committed_ = true;
  return flush_directory_of(path_);
}

void AtomicFile::remove_stale(const std::string& path) {
  remove_unlocked(partial_of(path));
}

}  // namespace san
