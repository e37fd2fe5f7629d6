// SPDX-License-Identifier: Apache-2.0
#include "copy/stream/input_stream.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace san::copy {

std::optional<std::size_t> InputStream::read(std::span<std::byte> into,
                                             const std::function<bool()>& keep_going) {
  const std::size_t first = std::min(ahead_.size(), into.size());
  const auto end = ahead_.begin() + static_cast<std::ptrdiff_t>(first);
  std::copy(ahead_.begin(), end, into.begin());
  ahead_.erase(ahead_.begin(), end);
  if (first == into.size()) return first;
  const auto rest = fetch(into.subspan(first), keep_going);
  return rest ? std::optional(first + *rest) : std::nullopt;
}

std::span<const std::byte> InputStream::peek(std::size_t bytes, const std::function<bool()>& keep_going) {
  const std::size_t held = ahead_.size();
  if (held >= bytes) return std::span(ahead_).first(bytes);
  ahead_.resize(bytes);
  const auto got = fetch(std::span(ahead_).subspan(held), keep_going);
  ahead_.resize(held + got.value_or(0));
  return got ? std::span<const std::byte>(ahead_) : std::span<const std::byte>();
}

std::optional<std::size_t> InputStream::fetch(std::span<std::byte> into,
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

}  // namespace san::copy
