// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/resolve.h"

#include <fmt/core.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "core/error.h"
#include "iscsi/address/link_local.h"

namespace san::iscsi {

std::vector<Portal> resolve(const Portal& portal) {
  const std::string host = with_plain_zone(portal.host);
  check_zone({host, portal.port});
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (code != 0)
    throw Error(Exit::failed, to_string(portal), fmt::format("cannot find the host: {}", gai_strerror(code)),
                "check the name and the resolver, or give the address");
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(list, freeaddrinfo);
  std::vector<Portal> result;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    std::array<char, NI_MAXHOST> text = {};
    if (getnameinfo(one->ai_addr, one->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    const Portal found{text.data(), portal.port};
    if (std::find(result.begin(), result.end(), found) == result.end()) result.push_back(found);
  }
  if (result.empty()) throw Error(Exit::failed, to_string(portal), "the host has no address");
  return result;
}

std::vector<Portal> resolve_until(const Portal& portal, std::chrono::steady_clock::time_point until) {
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    std::vector<Portal> addresses;
    std::optional<Error> error;
  };
  // getaddrinfo() cannot be cancelled: the thread is detached and owns the data it uses.
  const auto shared = std::make_shared<Shared>();
  std::thread([shared, portal] {
    std::vector<Portal> addresses;
    std::optional<Error> error;
    try {
      addresses = resolve(portal);
    } catch (const Error& e) {
      error = e;
    }
    const std::scoped_lock lock(shared->mutex);
    shared->addresses = std::move(addresses);
    shared->error = std::move(error);
    shared->done = true;
    shared->changed.notify_all();
  }).detach();
  std::unique_lock lock(shared->mutex);
  if (!shared->changed.wait_until(lock, until, [&shared] { return shared->done; }))
    throw Error(Exit::failed, to_string(portal), "cannot find the host: the resolver does not answer in time",
                "check the name and the resolver, or give the address");
  if (shared->error) throw Error(*shared->error);
  return shared->addresses;
}

}  // namespace san::iscsi
