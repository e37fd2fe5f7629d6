// SPDX-License-Identifier: Apache-2.0
#include "system/file/partial_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "system/file/file_name.h"

namespace san {
namespace {

/// Resolves `path` if it is a symbolic link.
std::string resolved(const std::string& path) {
  std::error_code error;
  const auto target = std::filesystem::weakly_canonical(path, error);
  return error || target.empty() ? path : target.string();
}

}  // namespace

PartialFile::PartialFile(const std::string& path) : path_(resolved(path)), partial_(path_ + ".partial") {
  open_locked(path);
  if (ftruncate(fd_.get(), 0) != 0) throw system_error(partial_, "empty it", errno);
}

void PartialFile::open_locked(const std::string& path) {
  // Another clone may finish, and give the file its name, between our open() and our lock: then what is open
  // is its complete image, and another file is to be made.
  do {
    fd_ = open_path(partial_, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (!fd_ && errno == ENOENT)
      throw Error(Exit::usage, path, "the directory of this file does not exist",
                  "create the directory first");
    if (!fd_) throw system_error(partial_, "create it", errno);
    struct stat status = {};
    if (fstat(fd_.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      committed_ = true;  // not ours to remove
      throw Error(Exit::refused, partial_, "is not a file", "remove it, or choose another name");
    }
    if (flock(fd_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
      committed_ = true;
      throw Error(Exit::refused, partial_, "in use: another clone writes it");
    }
  } while (!is_named(fd_.get(), partial_));
}

PartialFile::~PartialFile() {
  if (!committed_ && fd_) unlink(partial_.c_str());
}

void PartialFile::commit() {
  if (std::rename(partial_.c_str(), path_.c_str()) != 0)
    throw system_error(partial_, fmt::format("rename it to {}", path_), errno);
  committed_ = true;
  flush_directory_of(path_);
}

}  // namespace san
