// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "system/fd.h"
#include "target/create.h"

namespace san::target {
namespace {

/// Returns the source address of packets to other networks; empty without a route. Nothing is sent.
std::string own_address() {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(9);
  address.sin_addr.s_addr = htonl(0xC0000201);  // 192.0.2.1, reserved for documentation (RFC 5737)
  const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  socklen_t length = sizeof(address);
  std::array<char, INET_ADDRSTRLEN> text = {};
  if (!fd || connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) == nullptr)
    return {};
  return text.data();
}

}  // namespace

std::vector<iscsi::Portal> reachable_portals(Driver& driver) {
  std::vector<iscsi::Portal> result;
  for (iscsi::Portal portal : driver.portals()) {
    if (portal.host.empty()) portal.host = own_address();
    if (!portal.host.empty() && std::find(result.begin(), result.end(), portal) == result.end())
      result.push_back(std::move(portal));
  }
  return result;
}

}  // namespace san::target
