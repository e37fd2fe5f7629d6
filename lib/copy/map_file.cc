// SPDX-License-Identifier: Apache-2.0
#include "copy/map_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "block/file_io.h"

namespace san {
namespace {

constexpr unsigned kMode = 0600;

/// Whether `fd` still is what `path` names: another process may have replaced it.
bool still_is(int fd, const std::string& path) {
  struct stat one = {}, other = {};
  return fstat(fd, &one) == 0 && stat(path.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

}  // namespace

MapFile::MapFile(std::string name, std::string path, Fd fd)
    : name_(std::move(name)), path_(std::move(path)), fd_(std::move(fd)) {}

MapFile MapFile::open(const std::string& path) {
  while (true) {
    Fd fd = open_path(path, O_RDWR | O_CREAT, kMode);
    if (!fd) throw system_error(path, "open the clone map", errno);
    struct stat status = {};
    if (fstat(fd.get(), &status) == 0 && !S_ISREG(status.st_mode))
      throw Error(Exit::usage, path, "is not a regular file, and a clone map is one");
    MapFile file(path, path, std::move(fd));
    file.lock();
    if (still_is(file.fd(), path)) return file;
  }
}

void MapFile::lock() const {
  if (flock(fd(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK)
    throw Error(Exit::refused, name_, "is in use by another clone", "wait for its end");
  throw system_error(name_, "lock the clone map", errno);
}

MapFile MapFile::successor() const {
  const std::string path = name_ + ".new";
  Fd fd = open_path(path, O_RDWR | O_CREAT | O_TRUNC, kMode);
  if (!fd) throw system_error(path, "create the clone map", errno);
  MapFile file(name_, path, std::move(fd));
  file.lock();
  return file;
}

void MapFile::replace(MapFile successor) {
  successor.sync();
  if (std::rename(successor.path_.c_str(), name_.c_str()) != 0)
    throw system_error(name_, "put the new clone map in place", errno);
  successor.path_ = name_;
  *this = std::move(successor);
  const auto directory = std::filesystem::absolute(name_).parent_path();
  const Fd fd = open_path(directory.string(), O_RDONLY | O_DIRECTORY);
  if (!fd || fsync(fd.get()) != 0) throw system_error(directory.string(), "flush the directory", errno);
}

std::uint64_t MapFile::size() const {
  struct stat status = {};
  if (fstat(fd(), &status) != 0) throw system_error(name_, "look at the clone map", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t MapFile::read(std::uint64_t offset, std::span<std::byte> into) const {
  const Transfer transfer = read_fully(fd(), offset, into);
  if (transfer.error != 0) throw io_error(name_, "read", offset, into.size(), transfer.error);
  return transfer.bytes;
}

void MapFile::write(std::uint64_t offset, std::span<const std::byte> from) const {
  const Transfer transfer = write_fully(fd(), offset, from);
  if (transfer.error != 0) throw io_error(name_, "write", offset, from.size(), transfer.error);
}

void MapFile::resize(std::uint64_t bytes) const {
  if (ftruncate(fd(), static_cast<off_t>(bytes)) != 0)
    throw system_error(name_, "change the size of the clone map", errno);
}

void MapFile::sync() const {
  if (fdatasync(fd()) != 0) throw system_error(name_, "flush the clone map", errno);
}

}  // namespace san
