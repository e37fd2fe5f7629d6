// SPDX-License-Identifier: Apache-2.0
#include "fake_target/store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "core/error.h"

namespace fake {

Store::Store(const std::string& path, std::uint64_t size, std::byte fill)
    : file_(path.empty() ? memfd_create("fake_target", MFD_CLOEXEC)
                         : open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
      size_(size) {
  if (file_ < 0) throw san::system_error(path.empty() ? "memory" : path, "open", errno);
  struct stat status = {};
  fstat(file_, &status);
  if (static_cast<std::uint64_t>(status.st_size) < size && ftruncate(file_, static_cast<off_t>(size)) != 0)
    throw san::system_error(path.empty() ? "memory" : path, "set the size", errno);
  if (fill == std::byte{0}) return;
  const std::vector<std::byte> block(1 << 20, fill);
  for (std::uint64_t at = 0; at < size; at += block.size())
    write(at,
          std::span(block).first(static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - at))));
}

Store::~Store() {
  close(file_);
}

void Store::read(std::uint64_t offset, std::span<std::byte> into) const {
  while (!into.empty()) {
    const ssize_t got = pread(file_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got <= 0) throw san::system_error("store", "read", got < 0 ? errno : EIO);
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
}

void Store::write(std::uint64_t offset, std::span<const std::byte> from) {
  while (!from.empty()) {
    const ssize_t put = pwrite(file_, from.data(), from.size(), static_cast<off_t>(offset));
    if (put <= 0) throw san::system_error("store", "write", put < 0 ? errno : EIO);
    offset += static_cast<std::uint64_t>(put);
    from = from.subspan(static_cast<std::size_t>(put));
  }
}

void Store::punch(std::uint64_t offset, std::uint64_t length) {
  if (length > 0 && fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                              static_cast<off_t>(length)) != 0)
    throw san::system_error("store", "deallocate", errno);
}

Store::Run Store::run(std::uint64_t offset) const {
  const off_t data = lseek(file_, static_cast<off_t>(offset), SEEK_DATA);
  if (data < 0) return {size_ - offset, true};  // ENXIO: a hole to the end
  if (static_cast<std::uint64_t>(data) > offset)
    return {std::min(static_cast<std::uint64_t>(data), size_) - offset, true};
  const auto hole = static_cast<std::uint64_t>(lseek(file_, static_cast<off_t>(offset), SEEK_HOLE));
  return {std::min(hole, size_) - offset, false};
}

}  // namespace fake
