// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/reachability.h"

#include <fmt/core.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/error.h"
#include "core/process/interrupt.h"
#include "system/fd.h"

namespace san::iscsi {
namespace {

using Clock = std::chrono::steady_clock;

/// One TCP connection attempt.
struct Attempt {
  Fd fd;
  Clock::time_point begun;
  bool pending = false;
};

std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> numeric(const Portal& portal) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(portal.host.c_str(), std::to_string(portal.port).c_str(), &hints, &list) != 0)
    list = nullptr;
  return {list, freeaddrinfo};
}

void settle(Attempt& attempt, Reachability& result, int error) {
  if (error == 0)
    result.latency = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - attempt.begun);
  else
    result.error = errno_text(error);
  attempt.pending = false;
  attempt.fd = Fd();
}

void begin(Attempt& attempt, Reachability& result) {
  const auto address = numeric(result.address);
  if (!address) {
    result.error = "not an address";
    return;
  }
  attempt.fd = Fd(socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  attempt.begun = Clock::now();
  if (attempt.fd.get() < 0 || connect(attempt.fd.get(), address->ai_addr, address->ai_addrlen) != 0) {
    attempt.pending = attempt.fd.get() >= 0 && errno == EINPROGRESS;
    if (!attempt.pending) settle(attempt, result, errno);
    return;
  }
  settle(attempt, result, 0);
}

/// Connections at a time: a list of thousands of portals must not use up the file descriptors.
constexpr std::size_t kAtATime = 64;

void reach_some(std::span<Reachability> results, Clock::time_point until) {
  std::vector<Attempt> attempts(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) begin(attempts[i], results[i]);
  while (true) {
    std::vector<pollfd> fds;
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < attempts.size(); ++i)
      if (attempts[i].pending) {
        fds.push_back({attempts[i].fd.get(), POLLOUT, 0});
        which.push_back(i);
      }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (fds.empty() || left <= 0 || Interrupt::requested()) break;
    if (poll(fds.data(), fds.size(), static_cast<int>(std::min<long>(left, 200))) <= 0) continue;
    for (std::size_t k = 0; k < fds.size(); ++k) {
      if (fds[k].revents == 0) continue;
      int error = 0;
      socklen_t length = sizeof(error);
      getsockopt(fds[k].fd, SOL_SOCKET, SO_ERROR, &error, &length);
      settle(attempts[which[k]], results[which[k]], error);
    }
  }
  for (std::size_t i = 0; i < attempts.size(); ++i)
    if (attempts[i].pending) results[i].error = "no answer in time";
}

}  // namespace

std::vector<Reachability> reach(std::span<const Portal> portals, Clock::time_point until) {
  std::vector<Reachability> results;
  for (const Portal& portal : portals) results.push_back({portal, std::nullopt, {}});
  for (std::size_t i = 0; i < results.size(); i += kAtATime)
    reach_some(std::span(results).subspan(i, std::min(kAtATime, results.size() - i)), until);
  return results;
}

}  // namespace san::iscsi
