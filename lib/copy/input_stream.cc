// SPDX-License-Identifier: Apache-2.0
#include "copy/input_stream.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace san {

std::optional<std::size_t> InputStream::read(std::span<std::byte> into,
                                             const std::function<bool()>& keep_going) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    if (!keep_going()) return std::nullopt;
    pollfd one = {fd_, POLLIN, 0};
    if (poll(&one, 1, 200) <= 0) continue;
    const ssize_t got = ::read(fd_, into.data() + filled, into.size() - filled);
    if (got == 0) break;
    if (got < 0 && errno != EINTR && errno != EAGAIN) throw system_error(name_, "read", errno);
    if (got > 0) filled += static_cast<std::size_t>(got);
  }
  return filled;
}

}  // namespace san
