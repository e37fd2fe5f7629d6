// SPDX-License-Identifier: Apache-2.0
#include "copy/map/map_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <filesystem>
#include <utility>

#include "system/file/file_name.h"
#include "system/file_io.h"

namespace san::copy {
namespace {

constexpr unsigned kMode = 0600;

}  // namespace

MapFile::MapFile(std::string name, std::string resolved, Fd fd, std::unique_ptr<AtomicFile> draft)
    : name_(std::move(name)), resolved_(std::move(resolved)), fd_(std::move(fd)), draft_(std::move(draft)) {}

MapFile MapFile::open(const std::string& path) {
  while (true) {
    const std::string resolved = follow_links(path);
    Fd fd = open_path(resolved, O_RDWR);
    std::unique_ptr<NewFile> made;
    if (!fd && errno == ENOENT) {
      fd = open_path(resolved, O_RDWR | O_CREAT | O_EXCL, kMode);
      if (!fd && errno == EEXIST) continue;
      if (fd) made = std::make_unique<NewFile>(resolved);
    }
    if (!fd && errno != EISDIR) throw system_error(path, "open the clone map", errno);
    struct stat status = {};
    if (!fd || (fstat(fd.get(), &status) == 0 && !S_ISREG(status.st_mode)))
      throw Error(Exit::usage, path, "is not a regular file, as a clone map has to be");
    MapFile file(path, resolved, std::move(fd), nullptr);
    file.lock();
    if (!is_named(file.fd(), resolved)) continue;
    file.made_ = std::move(made);
    return file;
  }
}

void MapFile::lock() const {
  if (flock(fd(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK)
    throw Error(Exit::refused, name_, "is in use by another clone", "wait until it ends");
  throw system_error(name_, "lock the clone map", errno);
}

MapFile MapFile::successor() const {
  // A random name: existing files whose names begin like the map's are left alone.
  MapFile file(name_, resolved_, Fd(),
               std::make_unique<AtomicFile>(resolved_, AtomicFile::Options{.mode = kMode}));
  file.lock();
  return file;
}

void MapFile::replace(MapFile successor) {
  bool durable = false;
  int error = 0;
  std::exception_ptr failed;
  try {
    durable = successor.draft_->replace();
    error = errno;
  } catch (const Error&) {
    if (!is_named(successor.fd(), resolved_)) throw;
    failed = std::current_exception();  // it has its name: what failed is the flush of the directory
  }
  if (made_) made_->keep();
  *this = std::move(successor);
  if (failed) std::rethrow_exception(failed);
  // After a power cut the old map would be there again, and say of blocks that they are known.
  if (!durable)
    throw system_error(std::filesystem::absolute(resolved_).parent_path().string(), "flush the directory",
                       error);
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

}  // namespace san::copy
