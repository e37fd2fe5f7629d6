// SPDX-License-Identifier: Apache-2.0
#include "preflight/rehearsal/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "boot/ip_address.h"

namespace san::preflight {
namespace {

using Address = std::uint32_t;  ///< IPv4, in the order of the host

std::optional<Address> parse_v4(const std::string& text) {
  const auto ip = boot::parse_ip(text);
  if (!ip || ip->bits != 32) return std::nullopt;
  Address value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | ip->bytes[i];
  return value;
}

/// Parses the address of a host that other machines can reach.
std::optional<Address> parse_host(const std::string& text) {
  const auto ip = boot::parse_ip(text);
  return ip && boot::is_no_host(*ip) ? std::nullopt : parse_v4(text);
}

std::string dotted(Address address) {
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 255, address >> 8 & 255, address & 255);
}

Address mask_of(unsigned prefix) {
  return prefix == 0 ? 0 : ~Address{0} << (32 - prefix);
}

/// The first address of the network, from number `from` on, that is none of these.
Address other_than(std::initializer_list<Address> taken, Address network, Address from) {
  Address address = network + from;
  while (std::find(taken.begin(), taken.end(), address) != taken.end()) ++address;
  return address;
}

constexpr Address kNetwork = 0x0A000200;  // QEMU's own default, 10.0.2.0/24
constexpr unsigned kPrefix = 24;
constexpr unsigned kMaxLength = 29;  // room for machine, gateway, portal and name server

/// The machine's address is not to be had: another one, which DHCP gives.
void give_up_address(boot::BootProfile& profile) {
  profile.dhcp = true;
  profile.address.clear();
  profile.prefix.reset();
  profile.gateway.clear();
}

}  // namespace

RehearsalNetwork rehearsal_network(boot::BootProfile& profile, std::vector<std::string>& notes) {
  if (profile.vlan != 0)
    notes.push_back(fmt::format("without the VLAN {}, which QEMU's network does not have", profile.vlan));
  profile.vlan = 0;
  if (profile.portals.size() > 1) notes.emplace_back("the first portal alone");
  if (profile.portals.empty()) profile.portals.push_back({dotted(kNetwork + 2)});
  profile.portals.resize(1);
  iscsi::Portal& portal = profile.portals.front();

  Address network = kNetwork;
  unsigned prefix = kPrefix;
  const auto own = parse_host(profile.address);
  const auto gateway = parse_host(profile.gateway);
  if (!profile.dhcp && own && profile.prefix && *profile.prefix >= 8 && *profile.prefix <= kMaxLength) {
    prefix = *profile.prefix;
    network = *own & mask_of(prefix);
  } else if (!profile.dhcp) {
    notes.push_back(fmt::format("with an address by DHCP in place of {}", profile.address));
    give_up_address(profile);
  }
  const auto inside = [&](Address address) {
    return (address & mask_of(prefix)) == network && address != network &&
           address != (network | ~mask_of(prefix));
  };
  Address target = parse_host(portal.host).value_or(0);  // 0: none that QEMU could play
  const Address guest = profile.dhcp ? other_than({target}, network, prefix == kPrefix ? 15 : 1) : *own;
  if (target == guest) target = 0;
  RehearsalNetwork result;
  const Address free =
      gateway && inside(*gateway) && *gateway != guest ? *gateway : other_than({guest}, network, 2);
  const Address host = target != 0 && inside(target) ? target : free;
  if (target == 0) {
    notes.push_back(fmt::format("with a portal at {}:{} in place of {}", dotted(host), portal.port,
                                iscsi::to_string(portal)));
    portal.host = dotted(host);
  } else if (!inside(target)) {
    result.portal = portal.host;
  }
  result.net = fmt::format("{}/{}", dotted(network), prefix);
  result.host = dotted(host);
  result.guest = dotted(guest);
  result.dns = dotted(other_than({host, guest}, network, 3));
  return result;
}

}  // namespace san::preflight
