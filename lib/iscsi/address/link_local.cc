// SPDX-License-Identifier: Apache-2.0
#include "iscsi/address/link_local.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "core/error.h"

namespace san::iscsi {
namespace {

std::string address_of(const std::string& host) {
  return host.substr(0, host.find('%'));
}

/// Returns the text after the %; empty if there is none.
std::string zone_of(const std::string& host) {
  const auto percent = host.find('%');
  return percent == std::string::npos ? "" : host.substr(percent + 1);
}

bool is_link_local(const std::string& host) {
  in6_addr address = {};
  return inet_pton(AF_INET6, address_of(host).c_str(), &address) == 1 && IN6_IS_ADDR_LINKLOCAL(&address);
}

/// Returns true if an interface has that name or number.
bool is_zone(const std::string& zone) {
  if (zone.empty()) return false;
  if (if_nametoindex(zone.c_str()) != 0) return true;
  unsigned index = 0;
  std::array<char, IF_NAMESIZE> name = {};
  const auto [end, error] = std::from_chars(zone.data(), zone.data() + zone.size(), index);
  return error == std::errc() && end == zone.data() + zone.size() &&
         if_indextoname(index, name.data()) != nullptr;
}

}  // namespace

bool lacks_zone(const std::string& host) {
  return is_link_local(host) && zone_of(host).empty();
}

Portal with_zone_of(Portal portal, const Portal& from) {
  const std::string zone = zone_of(from.host);
  if (!zone.empty() && lacks_zone(portal.host)) portal.host = address_of(portal.host) + "%" + zone;
  return portal;
}

std::string with_plain_zone(const std::string& host) {
  const std::string zone = zone_of(host);
  if (!zone.starts_with("25") || zone.size() == 2 || is_zone(zone)) return host;
  return address_of(host) + "%" + zone.substr(2);
}

void check_zone(const Portal& portal) {
  const std::string zone = zone_of(portal.host);
  if (!is_link_local(portal.host) || is_zone(zone)) return;
  const std::vector<std::string> names = link_local_interfaces();
  throw Error(Exit::failed, to_string(portal),
              zone.empty() ? "is a link-local address, which needs the name of an interface"
                           : fmt::format("there is no interface {}", zone),
              names.empty() ? "no interface here has link-local addresses"
                            : fmt::format("write [{}%{}]; the interfaces with such addresses are {}",
                                          address_of(portal.host), names.front(), fmt::join(names, ", ")));
}

std::vector<std::string> link_local_interfaces() {
  ifaddrs* list = nullptr;
  std::vector<std::string> names;
  if (getifaddrs(&list) != 0) return names;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET6) continue;
    const in6_addr& address = reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr;
    if (IN6_IS_ADDR_LINKLOCAL(&address) &&
        std::find(names.begin(), names.end(), one->ifa_name) == names.end())
      names.emplace_back(one->ifa_name);
  }
  return names;
}

}  // namespace san::iscsi
