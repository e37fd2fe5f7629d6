// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

namespace san {

/// A file descriptor, closed by the destructor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Opens a file by open(2) with O_CLOEXEC, repeated while signals interrupt it. Returns an empty Fd, and sets
/// errno, if that fails. Never returns descriptor 0, 1 or 2: in a program started with stderr closed, the
/// first disk opened would become stderr and receive its messages.
Fd open_path(const std::string& path, int flags, unsigned mode = 0);

/// Returns the status of a file by stat(2), which follows links; nothing, with errno set, if that fails.
std::optional<struct stat> stat_of(const std::string& path);

}  // namespace san
