// SPDX-License-Identifier: Apache-2.0
#include "iscsi/resolve.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>

#include "core/error.h"

namespace san::iscsi {

std::vector<Portal> resolve(const Portal& portal) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(portal.host.c_str(), nullptr, &hints, &list);
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

}  // namespace san::iscsi
