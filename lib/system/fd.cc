// SPDX-License-Identifier: Apache-2.0
#include "system/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace san {

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

Fd open_path(const std::string& path, int flags, unsigned mode) {
  int fd = -1;
  do fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  if (fd < 0 || fd > STDERR_FILENO) return Fd(fd);
  const Fd low(fd);
  return Fd(fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

std::optional<struct stat> stat_of(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

}  // namespace san
