// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

namespace san {

/// Owns a file descriptor.
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

/// open(2) with O_CLOEXEC, repeated while signals interrupt it; without a file, and with errno set, where it
/// fails. Never returns descriptor 0, 1 or 2: to a program that was started with stderr closed, the disk it
/// opens first would be stderr, and its messages would go there.
Fd open_path(const std::string& path, int flags, unsigned mode = 0);

}  // namespace san
