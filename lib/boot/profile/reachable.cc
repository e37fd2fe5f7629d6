// SPDX-License-Identifier: Apache-2.0
#include "boot/profile/reachable.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/process/interrupt.h"
#include "iscsi/address/resolve.h"
#include "system/fd.h"

namespace san::boot {
namespace {

/// Returns a socket that is connecting to the address; none if that cannot even begin.
Fd begin_connection(const iscsi::Portal& address) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
  Fd fd(socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || (connect(fd.get(), list->ai_addr, list->ai_addrlen) != 0 && errno != EINPROGRESS)) return {};
  return fd;
}

bool is_connected(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

}  // namespace

bool takes_connection(const iscsi::Portal& portal, std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  std::vector<Fd> sockets;
  try {
    for (const iscsi::Portal& address : iscsi::resolve(portal))
      if (Fd fd = begin_connection(address)) sockets.push_back(std::move(fd));
  } catch (const Error&) {
    return false;  // a name that cannot be resolved
  }
  while (!sockets.empty()) {
    Interrupt::check("");
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::vector<pollfd> waiting;
    waiting.reserve(sockets.size());
    for (const Fd& fd : sockets) waiting.push_back({fd.get(), POLLOUT, 0});
    // Short waits, so that a signal that arrives between two is not missed.
    if (poll(waiting.data(), waiting.size(), static_cast<int>(std::min<long>(left.count(), 100))) <= 0)
      continue;
    for (std::size_t i = waiting.size(); i-- > 0;) {
      if (waiting[i].revents == 0) continue;
      if (is_connected(waiting[i].fd)) return true;
      sockets.erase(sockets.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return false;
}

}  // namespace san::boot
